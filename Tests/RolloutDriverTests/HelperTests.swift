import AgentClient
import AgentProtocol
import FleetModel
import Foundation
import HostAccess
import RolloutEngine
import RolloutSpec
import Testing

@testable import RolloutDriver

/// What a rollout needs beside the hosts that change: balancers, labels, a host for the schema's hooks.
@Suite struct HelperTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    private func spec(_ lines: String) throws -> RolloutSpec {
        try RolloutSpec(text: "service: shop\nartifact: app\n" + lines, file: "rollout.yaml")
    }

    private func endpoint(_ text: String) throws -> HostEndpoint {
        HostEndpoint(name: try name(text), address: "192.0.2.1", user: "root")
    }

    private let instances = """
        systemd: shop@.service
        strategy: {blue_green: {instances: {blue: 8081, green: 8082}}}
        traffic: {haproxy: {hosts: lb, backend: shop}}
        """

    @Test func `each of a host's two instances is a member of its own, where the balancers reach the host`() throws {
        let members = try spec(instances).members(on: [endpoint("a")], at: [name("a"): "10.0.0.1"])
        #expect(members.map(\.name) == ["a-blue", "a-green"])
        #expect(members.map(\.port) == [8081, 8082])
        #expect(members.map(\.address) == ["10.0.0.1", "10.0.0.1"])
    }

    @Test func `a host of two instances is claimed for both, a balancer's for itself`() throws {
        let scene = try Scene()
        let spec = try spec(instances)
        var job = RolloutJob(
            plan: scene.plan, endpoints: [try endpoint("a")],
            definition: try ServiceDefinition(spec, .green, scriptsIn: folder.path),
            artifact: try scene.job().artifact(), artifactDirectory: nil, hooks: [],
            retired: try ServiceDefinition(spec, .blue, scriptsIn: folder.path))
        let settings = try #require(spec.traffic)
        job.traffic = TrafficRecipe(
            settings, directory: folder.path, balancers: [try endpoint("lb"), try endpoint("a")])
        job.schema = SchemaRecipe(host: try endpoint("db"), programs: [:])
        #expect(job.helpers.map(\.name.text) == ["lb", "db"])
        let roles = try ServiceRoles(of: job)
        #expect(try roles(name("a")).map(\.service) == ["shop-green", "shop-blue"])
        #expect(try roles(name("a")).map(\.control.unit) == ["shop@green.service", "shop@blue.service"])
        #expect(try roles(name("lb")).map(\.service) == ["shop"])
        #expect(try roles(name("lb")).map(\.installDirectory) == [""])
    }

    @Test func `hosts without the label of a failure domain are named, those outside of a quorum are not`() throws {
        let spec = try spec(
            """
            strategy: {rolling: {spread_by: rack, quorum: {label: cluster, max_unavailable: 1}}}
            """)
        let endpoints = try ["a", "b", "c"].map(endpoint)
        var named = NamedHosts()
        named.labels = ["rack": [try name("b"): "r1"], "cluster": [try name("a"): "etcd"]]
        func preparation(_ named: NamedHosts) -> RolloutPreparation {
            RolloutPreparation(
                spec: spec, specDirectory: folder.path, stateDirectory: folder.path, endpoints: endpoints, agents: [:],
                named: named)
        }
        do throws(PreparationError) {
            _ = try preparation(named).domains()
            Issue.record("hosts without a rack were taken")
        } catch {
            guard case .spec(let diagnostics) = error else { throw error }
            #expect(
                diagnostics.all.map { "\($0)" } == ["rollout.yaml:3:33: a, c have no variable 'rack' in the inventory"])
        }
        named.labels["rack"] = [try name("a"): "r1", try name("b"): "r1", try name("c"): "r2"]
        let domains = try preparation(named).domains()
        #expect(domains[try name("a")] == ["rack": "r1", "cluster": "etcd"])
        #expect(domains[try name("c")] == ["rack": "r2"])
    }

    /// A fleet of that plan's first host, behind a balancer that a script speaks for; `state.json` is what it does.
    private func fleetBehindScript(_ scene: Scene, _ host: RemoteHost) throws -> AgentFleet {
        try folder.write("balancer.sh", "#!/bin/sh\n[ \"$1\" = state ] || cat > state.json\ncat state.json\n")
        let script = folder.path + "/balancer.sh"
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        var job = scene.job()
        let settings = try #require(try spec("traffic: {script: \(script), port: 8080}").traffic)
        job.traffic = TrafficRecipe(settings, directory: folder.path, balancers: [])
        let agent = HostAgent(endpoint: try endpoint("a"), connector: host, coordinatorVersion: "1", jitter: { 0 })
        return try AgentFleet(job: job, lease: try scene.create(), agents: [try name("a"): agent], artifact: nil)
    }

    private func behindBalancer(_ request: inout PlanRequest, weights: [String: Int]) {
        let members = request.hosts.map {
            TrafficMember(name: $0.name.text, host: $0.name, address: "192.0.2.1", port: 8080)
        }
        request.traffic = TrafficPlan(
            balancers: [], members: members, initial: TrafficAllocation(weights: weights), drainTimeout: .seconds(5))
    }

    /// As a balancer does that has been restarted.
    private let forgotten = #"{"members": [{"name": "a", "weight": 100}, {"name": "b", "weight": 100}]}"#

    private func state() throws -> String {
        try String(contentsOfFile: folder.path + "/state.json", encoding: .utf8)
    }

    @Test func `a script's balancer is drained, and drained anew before the switch where it has forgotten`()
        async throws
    {
        let host = RemoteHost(isReachable: true)
        let scene = try Scene { behindBalancer(&$0, weights: ["a": 100, "b": 100]) }
        let fleet = try fleetBehindScript(scene, host)
        for operation in [HostOperation.drain, .activate] {
            try folder.write("state.json", forgotten)
            let outcome = try await fleet.perform(
                operation, on: name("a"), attempt: 1, deadline: .seconds(20),
                allocation: scene.plan.traffic?.initial, observer: scene.observer)
            #expect(outcome == .succeeded)
            #expect(try state().components(separatedBy: #""drained":true"#).count == 2)
        }
        #expect(host.asked == ["count 8080", "count 8080", "begin", "activate"])
        #expect(scene.observer.notes.count == 1)
        await fleet.close()
    }

    @Test func `a spare that took traffic is set aside, and its requests have ended before it is restored`()
        async throws
    {
        let host = RemoteHost(isReachable: true, connections: [2, 1])
        let scene = try Scene {
            behindBalancer(&$0, weights: ["a": 0, "b": 100])
            $0.strategy = .rolling(Rolling(maximumUnavailable: .count(1), spares: [$0.hosts[0].name]))
        }
        let fleet = try fleetBehindScript(scene, host)
        try folder.write("state.json", forgotten)
        let outcome = try await fleet.perform(
            .revert, on: name("a"), attempt: 1, deadline: .seconds(60), allocation: nil, observer: scene.observer)
        #expect(outcome == .succeeded)
        #expect(host.asked == ["count 8080", "count 8080", "count 8080", "begin", "revert"])
        #expect(try state().contains(#""weight":0"#) && scene.observer.notes.isEmpty)
        await fleet.close()
    }

    @Test func `the old side is stopped only after a balancer that has forgotten the switch sends it nothing`()
        async throws
    {
        let host = RemoteHost(isReachable: true)
        let scene = try Scene { behindBalancer(&$0, weights: ["a": 100, "b": 0]) }
        let fleet = try fleetBehindScript(scene, host)
        try folder.write("state.json", forgotten)
        let outcome = try await fleet.perform(
            .retire, on: name("a"), attempt: 1, deadline: .seconds(60),
            allocation: TrafficAllocation(weights: ["a": 0, "b": 100]), observer: scene.observer)
        #expect(outcome == .succeeded && host.asked.last == "retire")
        #expect(try state().components(separatedBy: #""weight":0"#).count == 2)
        await fleet.close()
    }

    @Test func `requests of a spare that do not end in time are counted and told`() async throws {
        let host = RemoteHost(isReachable: true, connections: Array(repeating: 3, count: 1000))
        let scene = try Scene {
            behindBalancer(&$0, weights: ["a": 0, "b": 100])
            $0.traffic?.drainTimeout = .milliseconds(600)
            $0.strategy = .rolling(Rolling(maximumUnavailable: .count(1), spares: [$0.hosts[0].name]))
        }
        let fleet = try fleetBehindScript(scene, host)
        try folder.write("state.json", forgotten)
        let outcome = try await fleet.perform(
            .revert, on: name("a"), attempt: 1, deadline: .seconds(60), allocation: nil, observer: scene.observer)
        #expect(outcome == .succeeded && host.asked.last == "revert")
        #expect(scene.observer.notes.count == 1)
        #expect(scene.observer.notes.first?.hasPrefix("3 connections are still open after ") == true)
        await fleet.close()
    }
}
