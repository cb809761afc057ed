import FleetModel
import Foundation
import Testing

@testable import RolloutSpec

/// What the sections of strategies, balancers and analyses mean.
@Suite struct StrategyTests {
    private func spec(_ lines: String...) throws(Diagnostics) -> RolloutSpec {
        let text = (["service: shop", "artifact: build/shop.tar"] + lines).joined(separator: "\n")
        return try RolloutSpec(text: text, file: "rollout.yaml")
    }

    private static let traffic = "traffic: {haproxy: {hosts: lb, backend: shop}, port: 8080}"
    private static let instances = "traffic: {nginx: {hosts: lb, upstream: shop, file: /etc/nginx/conf.d/shop.conf}}"

    @Test func `a rolling update knows failure domains, quorums, orders, pauses and spares`() throws {
        let spec = try spec(
            "strategy:", "  rolling:", "    spread_by: [rack, {label: pdu, max_domains: 2}]",
            "    quorum: {label: etcd}", "    order: {shuffle: 7}", "    pause_between: 30s", "    surge: spares",
            "traffic: {script: lb.sh, port: 80}")
        guard case .rolling(let rolling) = spec.strategy else {
            Issue.record("not rolling")
            return
        }
        #expect(rolling.failureDomains.map(\.label.text) == ["rack", "pdu"])
        #expect(rolling.failureDomains.map(\.maximumDomains) == [1, 2])
        #expect(rolling.failureDomains[1].label.location?.description == "rollout.yaml:5:31")
        #expect(rolling.quorums == [.init(label: LocatedText("etcd"), maximumUnavailable: 1)])
        #expect(rolling.order == .shuffle(seed: 7))
        #expect(rolling.pauseBetween == .seconds(30) && rolling.surge == LocatedText("spares"))
    }

    @Test func `a canary is its steps, and the rest a rolling update`() throws {
        let spec = try spec(
            "strategy:", "  canary:", "    steps:", "      - set_canary: 10%", "      - set_weight: 5%",
            "      - pause: {duration: 5m}", "      - analysis: errors", "      - pause:", "      - set_weight: 50",
            "    auto_promote: false", "    stages: [3]", Self.traffic,
            "analyses: {errors: {metric: {agent: restarts}, success: '<= 0'}}")
        guard case .canary(let canary) = spec.strategy else {
            Issue.record("not a canary")
            return
        }
        #expect(
            canary.steps == [
                .setCanary(.percent(10)), .setWeight(5), .pause(.seconds(300)), .analysis(LocatedText("errors")),
                .pause(nil), .setWeight(50),
            ])
        #expect(!canary.automaticallyPromotes && canary.rest.stages == [.count(3)])
    }

    @Test func `blue-green keeps the old side for 30 s, for good, or not at all`() throws {
        for (written, delay) in [("", Duration.seconds(30)), ("scale_down_delay: 0s", .zero)] {
            let spec = try spec("strategy: {blue_green: {groups: {blue: a, green: b}, \(written)}}", Self.traffic)
            guard case .blueGreen(let blueGreen) = spec.strategy else {
                Issue.record("not blue-green")
                return
            }
            #expect(blueGreen.scaleDownDelay == delay)
            #expect(blueGreen.sides == .groups(blue: LocatedText("a"), green: LocatedText("b")))
            #expect(blueGreen.automaticallyPromotes && !blueGreen.hasPreview)
        }
        let never = try spec(
            "strategy: {blue_green: {groups: {blue: a, green: b}, scale_down_delay: never}}", Self.traffic)
        guard case .blueGreen(let blueGreen) = never.strategy else {
            Issue.record("not blue-green")
            return
        }
        #expect(blueGreen.scaleDownDelay == nil)
    }

    @Test func `each instance has its unit, its directory and its checks`() throws {
        let spec = try spec(
            "strategy: {blue_green: {instances: {blue: 8081, green: 8082}}}", Self.instances,
            "health: [{http: 'http://127.0.0.1:{port}/{color}?p={port}'}, {tcp: '[::1]:{port}'}, {script: c.sh}]")
        #expect(spec.control == .systemd(unit: "shop@.service", isUserUnit: false))
        for (color, port) in [(RolloutSpec.Instances.Color.blue, UInt16(8081)), (.green, 8082)] {
            let instance = spec.instance(color)
            #expect(instance.control == .systemd(unit: "shop@\(color.rawValue).service", isUserUnit: false))
            #expect(instance.installDirectory == "/opt/shop/\(color.rawValue)")
            let path = "/\(color.rawValue)?p=\(port)"
            #expect(
                instance.health.map(\.probe) == [
                    .http(.init(host: "127.0.0.1", port: port), path: path, status: 200),
                    .tcp(.init(host: "::1", port: port)), .script(LocatedText("c.sh")),
                ])
            #expect(instance.health.map(\.name) == ["http://127.0.0.1:\(port)\(path)", "[::1]:\(port)", "c.sh"])
            #expect(spec.strategy.instances?.port(of: color) == port)
        }
        let ordinary = try self.spec()
        #expect(ordinary.instance(.green) == ordinary)
    }

    @Test(arguments: [
        ("a_b", nil, nil), ("{a_b: {weight: 20%}}", 20, nil),
        ("{a_b: {match: {cookie: v, value: b}}}", 0, TrafficRoute.Match.cookie("v", value: "b")),
        ("{a_b: {weight: 5, match: {header: X-V, value: b}}}", 5, .header("X-V", value: "b")),
    ])
    func `b gets its share, or what is said, or only what matches`(
        written: String, weight: Int?, match: TrafficRoute.Match?
    ) throws {
        let spec = try spec(
            "strategy: \(written)",
            "traffic: {haproxy: {hosts: lb, backend: a, route_backend: b, map: /m/x.map}, port: 80}")
        guard case .abTest(let test) = spec.strategy else {
            Issue.record("not a/b")
            return
        }
        #expect(test.hosts == .percent(50) && test.weight == weight && test.match == match)
    }

    @Test func `balancers have Debian's and nginx's own defaults`() throws {
        let haproxy = try spec(Self.traffic).traffic
        #expect(
            haproxy?.balancers
                == .haproxy(.init(hosts: LocatedText("lb"), backend: "shop", socket: .unix("/run/haproxy/admin.sock"))))
        #expect(haproxy?.port == 8080 && haproxy?.drainTimeout == .seconds(30))
        let tcp = try spec("traffic: {haproxy: {hosts: lb, backend: s, socket: 'tcp://[::1]:9'}, port: 1}").traffic
        guard case .haproxy(let settings) = tcp?.balancers else {
            Issue.record("not HAProxy")
            return
        }
        #expect(settings.socket == .tcp(.init(host: "::1", port: 9)))
        let nginx = try spec("traffic: {nginx: {hosts: lb, upstream: s, file: /etc/s.conf}, port: 1}").traffic
        guard case .nginx(let settings) = nginx?.balancers else {
            Issue.record("not nginx")
            return
        }
        #expect(settings.test == "nginx -t" && settings.reload == "systemctl reload nginx")
    }

    @Test func `an analysis has the limits that were written, or Argo's`() throws {
        let canary = "strategy: {canary: {steps: [{set_canary: 1}, {analysis: a}]}}"
        let short = try #require(
            try spec(
                canary, "analyses: {a: {metric: {script: e.sh, value: rate}, success: '<0.01', failure: '>= 5e-2'}}"
            )
            .analyses.first)
        #expect(short.metric == .script(LocatedText("e.sh"), value: LocatedText("rate")))
        guard case .thresholds(let thresholds) = short.judgement else {
            Issue.record("no thresholds")
            return
        }
        #expect(thresholds.success == .init(relation: .below, bound: 0.01))
        #expect(thresholds.failure == .init(relation: .atLeast, bound: 0.05))
        #expect(thresholds.count == 5 && thresholds.failureLimit == 0 && thresholds.inconclusiveLimit == 0)
        #expect(short.interval == .seconds(10) && short.initialDelay == .zero && short.consecutiveErrorLimit == 4)
        let compared = try spec(
            canary, "analyses: {a: {metric: {agent: cpu}, compare: {alpha: 0.01, tolerance: 20%, worse: lower}}}")
        #expect(
            compared.analyses.first?.judgement
                == .comparison(.init(alpha: 0.01, tolerance: 0.2, worse: .lower, maximum: .seconds(600))))
    }

    @Test(arguments: ["nan", "< nan", "< inf", "< 0x10", "<", "== 1", "1", "< 1 2", "< 1e999", "<- 1", "<> 1"])
    func `a threshold is a relation and a finite number`(text: String) {
        #expect(throws: Diagnostics.self) {
            try spec(
                "strategy: {canary: {steps: [{set_canary: 1}, {analysis: a}]}}",
                "analyses: {a: {metric: {agent: cpu}, success: '\(text)'}}")
        }
    }

    @Test func `what is not reversible waits for a person when it fails`() throws {
        let spec = try spec("reversible: false")
        #expect(!spec.isReversible && spec.onFailure == .pause)
        let asking = try self.spec("on_failure: {ask: 15m}")
        #expect(asking.onFailure == .ask(timeout: .seconds(900), then: .rollback))
        #expect(throws: Diagnostics.self) { try self.spec("reversible: false", "on_failure: {ask: 15m}") }
    }

    @Test func `a strategy that can't be read hides no mistake elsewhere`() {
        let error = #expect(throws: Diagnostics.self) {
            try spec("strategy: {blue_gren: {}}", "systemd: shop@.service", "health: [{tcp: '{port}'}, {tcp: x}]")
        }
        #expect(error?.all.map(\.location?.line) == [3, 5, 5])
    }

    @Test func `a spec with all of it survives encoding`() throws {
        let spec = try spec(
            "strategy: {blue_green: {instances: {blue: 8081, green: 8082}, analyses: [a]}}", Self.instances,
            "analyses: {a: {metric: {prometheus: 'http://p:9090/', query: up}, failure: '< 1'}}",
            "allowed: Mon-Fri 09:00-16:00 Europe/Berlin", "schema: {host: db1, expand: e.sh}",
            "max_live_versions: 2", "on_failure: {ask: 1h, then: continue}")
        let json = try JSONEncoder().encode(spec)
        #expect(try JSONDecoder().decode(RolloutSpec.self, from: json) == spec)
        #expect(spec.analyses.first?.metric == .prometheus(url: "http://p:9090", query: "up"))
    }
}
