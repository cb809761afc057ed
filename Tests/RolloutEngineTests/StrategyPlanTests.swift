import FleetModel
import PlanCensus
import RolloutEngine
import Testing

@Suite struct StrategyPlanTests {
    private let errors = AnalysisName("errors")

    private func request(_ kinds: String, _ strategy: Strategy, racks: Int = 1, idle: String = "") -> PlanRequest {
        let hosts = PlanGallery.fleet(kinds, racks: racks)
        var request = Fleet.request(hosts, strategy)
        request.traffic = PlanGallery.traffic(hosts, idle: Set(idle.map { Fleet.name(String($0)) }))
        return request
    }

    /// One word a step; an allocation by who gets how much.
    private func outline(_ plan: RolloutPlan) -> [String] {
        plan.steps.map { step in
            switch step {
            case .change(let batch): "change \(plan.batches[batch].map(\.text).joined())"
            case .restore(let batch): "restore \(plan.batches[batch].map(\.text).joined())"
            case .shiftTraffic(let allocation): allocation == plan.traffic?.initial ? "initial" : "shift"
            case .pause(let duration): "pause \(duration?.spoken ?? "for promote")"
            case .analyse(let name): "analyse \(name)"
            case .runSchemaHook(let hook, let host): "\(hook) on \(host)"
            case .retire(let hosts): "retire \(hosts.map(\.text).joined())"
            }
        }
    }

    @Test func `a canary's steps become the plan's, and the rest follows with the traffic as it was`() throws {
        let steps: [CanaryStep] = [.setCanary(.count(1)), .setWeight(5), .pause(.seconds(60)), .analysis(errors)]
        let rest = Rolling(stages: [.count(2)], pauseBetween: .seconds(30))
        let canary = Canary(steps: steps, promotesItself: false, rest: rest)
        var asked = request("oooso", .canary(canary))
        asked.rehearsesRollback = true
        asked.schema = SchemaPlan(host: Fleet.name("db"), hooks: [.expand, .contract])
        let plan = try asked.plan()
        #expect(
            outline(plan) == [
                "expand on db", "change d", "restore d", "change d", "shift", "pause 1m", "analyse errors",
                "pause for promote", "initial", "pause 30s", "change ab", "pause 30s", "change ce", "contract on db",
            ])
        #expect(plan.traffic?.retreat?.weights["d"] == 0)
        #expect(plan.traffic?.retreat?.weights["a"] == TrafficAllocation.maximumWeight)
        guard case .shiftTraffic(let allocation) = plan.steps[4] else {
            Issue.record("no shift")
            return
        }
        #expect(abs(allocation.share(of: ["d"]) - 0.05) < 0.002)
    }

    @Test func `a weight without balancers is a part of the hosts`() throws {
        let canary = Canary(steps: [.setWeight(20), .setWeight(60)], rest: Rolling(stages: [.percent(100)]))
        let plan = try Fleet.request(PlanGallery.fleet("ooooo"), .canary(canary)).plan()
        #expect(outline(plan) == ["change a", "change bc", "change de"])
    }

    @Test func `a canary that could not be taken out of the traffic at once is refused, with what would do`() throws {
        let rest = Rolling(maximumUnavailable: .count(1))
        let steps: [CanaryStep] = [.setCanary(.count(3)), .setWeight(10)]
        let refusal = #expect(throws: PlanRefusal.self) {
            try request("oooooo", .canary(Canary(steps: steps, rest: rest))).plan()
        }
        #expect(refusal?.hint.contains("'max_unavailable: 3'") == true)
        var unset = rest
        unset.maximumUnavailable = nil
        let plan = try request("oooooo", .canary(Canary(steps: steps, rest: unset))).plan()
        #expect(plan.policy.maximumUnavailable == 3)
    }

    @Test func `blue-green verifies the idle group, switches at once, and stops the other later`() throws {
        let groups = BlueGreen.Sides.groups(blue: ["a", "b"].map(Fleet.name), green: ["c", "d"].map(Fleet.name))
        let strategy = BlueGreen(
            groups, analyses: [errors], hasPreview: true, promotesItself: false, analysesAfterSwitch: [errors])
        let plan = try request("oooo", .blueGreen(strategy), idle: "cd").plan()
        #expect(
            outline(plan) == [
                "change cd", "shift", "analyse errors", "pause for promote", "shift", "analyse errors", "pause 30s",
                "retire ab",
            ])
        #expect(plan.traffic?.retreat == plan.traffic?.initial)
        let weights = plan.steps.compactMap { if case .shiftTraffic(let next) = $0 { next.weights } else { nil } }.last
        #expect(weights == ["a": 0, "b": 0, "c": 256, "d": 256])
    }

    @Test func `switching back to a side that runs the release already changes no host`() throws {
        let groups = BlueGreen.Sides.groups(blue: ["a"].map(Fleet.name), green: ["b"].map(Fleet.name))
        let plan = try request("oc", .blueGreen(BlueGreen(groups, scaleDownDelay: nil)), idle: "b").plan()
        #expect(plan.batches.isEmpty)
        #expect(outline(plan) == ["shift"])
    }

    @Test func `two instances on each host are both sides, and the old ones are stopped`() throws {
        let hosts = PlanGallery.fleet("oo")
        var request = Fleet.request(hosts, .blueGreen(BlueGreen(.instances(blue: 8081, green: 8082))))
        request.traffic = PlanGallery.instances(hosts)
        let plan = try request.plan()
        #expect(outline(plan) == ["change ab", "shift", "pause 30s", "retire ab"])
        #expect(!plan.hosts.contains { !$0.isIdle })
    }

    @Test func `an a/b test is held until somebody promotes`() throws {
        let test = ABTest(hosts: .percent(50), weight: 20, match: .cookie("v", value: "b"), analyses: [errors])
        let plan = try request("oooo", .abTest(test)).plan()
        #expect(
            outline(plan) == [
                "change ab", "shift", "analyse errors", "pause for promote", "initial", "change c", "change d",
            ])
        guard case .shiftTraffic(let allocation) = plan.steps[1] else {
            Issue.record("no shift")
            return
        }
        #expect(allocation.route == TrafficRoute(.cookie("v", value: "b"), to: ["a", "b"]))
    }

    @Test func `spares join first, let more hosts out, and leave at the end`() throws {
        let rolling = Rolling(stages: [.count(2)], maximumUnavailable: .count(1), spares: [Fleet.name("d")])
        let plan = try request("oooo", .rolling(rolling), idle: "d").plan()
        #expect(outline(plan) == ["change d", "shift", "change ab", "change c", "initial"])
        #expect(plan.policy.surge == 1)
        #expect(PlanCapacity(of: plan).group.outOfService == 2)
    }

    @Test func `a batch touches one rack, or one host of each quorum set`() throws {
        let rack = DomainPromise(label: "rack", maximumDomains: 1)
        let quorum = DomainPromise(label: "rack", maximumUnavailable: 1)
        for (promise, batches) in [(rack, ["ace", "bdf"]), (quorum, ["ab", "cd", "ef"])] {
            let rolling = Rolling(stages: [.count(4)], maximumUnavailable: .count(4), domains: [promise])
            let plan = try request("oooooo", .rolling(rolling), racks: 2).plan()
            #expect(plan.batches.map { $0.map(\.text).joined() } == batches)
        }
    }

    @Test func `the same seed shuffles alike, another differently`() throws {
        let orders = try [1, 1, 2].map { seed in
            try request("oooooooo", .rolling(Rolling(order: .shuffle(seed: seed)))).plan().changedHosts
        }
        #expect(orders[0] == orders[1])
        #expect(orders[0] != orders[2])
    }

    @Test func `more releases at once than may live are refused, each named with its hosts`() throws {
        var request = request("ooo", .rolling(Rolling()))
        (request.hosts[1].current, request.hosts[1].currentDigest) = ("1.3.9", nil)
        request.maximumLiveVersions = 2
        let refusal = #expect(throws: PlanRefusal.self) { try request.plan() }
        #expect(
            refusal?.problem
                == "1.4.2 beside 1.3.9 on b, and 1.4.1 on a, c makes 3 releases at once, and 'max_live_versions' is 2")
    }
    @Test func `going to one of the releases that live brings no more, whatever its directories are called`() throws {
        var request = request("ooo", .rolling(Rolling()))
        (request.hosts[1].current, request.hosts[1].currentDigest) = ("1.4.2+r-0", request.digest)
        request.hosts[1].target = "1.4.2"
        request.maximumLiveVersions = 2
        #expect(try request.plan().changedHosts.count == 3)
        (request.hosts[1].current, request.hosts[1].currentDigest) = ("1.3.9", nil)
        let refusal = #expect(throws: PlanRefusal.self) { try request.plan() }
        #expect(refusal?.hint == "first bring all hosts to one of the old ones: coord rollback INVENTORY --to 1.4.1")
    }
}
