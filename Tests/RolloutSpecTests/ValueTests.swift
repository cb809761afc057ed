import FleetModel
import Foundation
import RolloutSpec
import Testing

@Suite struct ValueTests {
    private func spec(_ lines: String...) throws(Diagnostics) -> RolloutSpec {
        let text = (["service: shop", "artifact: build/shop.tar"] + lines).joined(separator: "\n")
        return try RolloutSpec(text: text, file: "rollout.yaml")
    }

    @Test func `two lines are a whole spec`() throws {
        let spec = try spec()
        #expect(spec.release == nil)
        #expect(spec.hosts == LocatedText("all"))
        #expect(spec.installDirectory == "/opt/shop")
        #expect(spec.keepReleases == 5)
        #expect(spec.control == .systemd(unit: "shop.service", isUserUnit: false))
        #expect(spec.health.isEmpty)
        #expect(spec.timing.interval == .seconds(1))
        #expect(spec.timing.minimumHealthyTime == .seconds(10))
        #expect(spec.timing.healthyDeadline == .seconds(300))
        #expect(spec.timing.progressDeadline == .seconds(600))
        #expect(spec.timing.commandTimeout == .seconds(90))
        guard case .rolling(let rolling) = spec.strategy else {
            Issue.record("not rolling")
            return
        }
        #expect(rolling.stages == [.count(1), .percent(25)])
        #expect(rolling.maximumUnavailable == nil)
        #expect(rolling.maximumParallel == nil && rolling.minimumHealthy == nil)
        #expect(spec.maximumFailures.batch == .count(0) && spec.maximumFailures.rollout == .count(0))
        #expect(spec.onFailure == .rollback)
        #expect(spec.hooks.onHosts.isEmpty && spec.hooks.onCoordinator.isEmpty)
    }

    @Test(arguments: ["1.10", "010", "1e3", "0x10", "1_000", "yes", "2024-01-01", "12345678901234567890"])
    func `a release's name stays the text that was written`(name: String) throws {
        guard let expected = ReleaseID(name) else {
            #expect(throws: Diagnostics.self) { try spec("release: \(name)") }
            return
        }
        #expect(try spec("release: \(name)").release == expected)
    }

    @Test(arguments: [
        ("shop", "shop.service"), ("shop.v2", "shop.v2.service"), ("shop@blue", "shop@blue.service"),
        ("shop.socket", "shop.socket"), ("shop.service", "shop.service"),
    ])
    func `a unit without a type is a service`(written: String, unit: String) throws {
        #expect(try spec("systemd: \(written)").control == .systemd(unit: unit, isUserUnit: false))
    }

    @Test func `units of the login user and shell commands run services as well`() throws {
        let user = try spec("systemd: {unit: shop, user: true}")
        #expect(user.control == .systemd(unit: "shop.service", isUserUnit: true))
        let shell = try spec(
            "commands:", "  start: run &", "  stop: rm *", "  restart: |", "    a", "    b", "  status: t"
        )
        guard case .commands(let commands) = shell.control else {
            Issue.record("not commands")
            return
        }
        #expect(commands.start == "run &")
        #expect(commands.stop == "rm *")
        #expect(commands.restart == "a\nb\n")
        #expect(commands.status == "t")
    }

    @Test(arguments: [
        ("http://localhost", "localhost", 80, "/"), ("http://10.0.0.1?deep=1", "10.0.0.1", 80, "/?deep=1"),
        ("http://[fe80::1]:81/a/b?c=d", "fe80::1", 81, "/a/b?c=d"),
        ("http://127.0.0.1:65535/", "127.0.0.1", 65535, "/"),
    ])
    func `http checks are taken apart for the agent`(url: String, host: String, port: UInt16, path: String) throws {
        let check = try #require(try spec("health: [{http: '\(url)'}]").health.first)
        guard case .http(let endpoint, path, 200) = check.probe else {
            Issue.record("\(check.probe)")
            return
        }
        #expect(endpoint.host == host && endpoint.port == port)
        #expect(check.name == url)
        #expect(check.timeout == .seconds(5))
    }

    @Test(arguments: ["strategy: recreate", "strategy: {recreate: {}}", "strategy:\n  recreate:"])
    func `recreate may be written as a word or as a mapping`(line: String) throws {
        #expect(try spec(line).strategy == .recreate)
    }

    @Test(arguments: ["strategy: rolling", "strategy: {rolling: {}}", "strategy:\n  rolling:\n  # stages: [1]"])
    func `rolling without settings is the default`(line: String) throws {
        #expect(try spec(line).strategy == (try spec()).strategy)
    }

    @Test func `one number of failures limits both scopes, a mapping only those it names`() throws {
        let both = try spec("max_failures: 10%").maximumFailures
        #expect(both.batch == .percent(10) && both.rollout == .percent(10))
        let one = try spec("max_failures: {rollout: 3}").maximumFailures
        #expect(one.batch == nil && one.rollout == .count(3))
    }

    @Test func `a trailing slash, a byte order mark and Windows line ends do no harm`() throws {
        let text = "\u{FEFF}service: shop\r\nartifact: a.tar\r\ninstall_dir: /srv/shop/\r\n"
        #expect(try RolloutSpec(text: text, file: "rollout.yaml").installDirectory == "/srv/shop")
    }

    @Test func `a spec survives encoding, but for the places in its text`() throws {
        let spec = try spec("health: [{script: a.sh}]", "hooks: {install: i.sh, on_failure: f.sh}", "hosts: web")
        let json = try JSONEncoder().encode(spec)
        let decoded = try JSONDecoder().decode(RolloutSpec.self, from: json)
        #expect(decoded == spec)
        #expect(spec.hosts.location?.description == "rollout.yaml:5:8")
        #expect(decoded.hosts.location == nil)
        #expect(String(decoding: json, as: UTF8.self).contains(#""install":"i.sh""#))
    }
}
