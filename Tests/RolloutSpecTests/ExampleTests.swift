import FleetModel
import Foundation
import Testing

@testable import RolloutSpec

/// `examples/rollout.yaml` explains the keys of a rolling update; here it is held to what the code does.
@Suite struct ExampleTests {
    private let text: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        text = try String(contentsOf: root.appending(path: "examples/rollout.yaml"), encoding: .utf8)
    }

    @Test func `the example means what it says`() throws {
        let spec = try RolloutSpec(text: text, file: "rollout.yaml")
        #expect(spec.service.text == "shop")
        #expect(spec.artifact == LocatedText("build/shop-1.10.tar.gz"))
        #expect(spec.artifact.location?.description == "rollout.yaml:6:11")
        #expect(spec.release?.text == "1.10")
        #expect(spec.hosts == LocatedText("web:!maintenance"))
        #expect(spec.installDirectory == "/srv/shop")
        #expect(spec.keepReleases == 5)
        #expect(spec.control == .systemd(unit: "shop.service", isUserUnit: false))
        #expect(spec.timing == RolloutSpec.Timing())
        #expect(spec.maximumFailures == RolloutSpec.FailureBudget(batch: .count(1), rollout: .percent(5)))
        #expect(spec.onFailure == .rollback)
        #expect(
            spec.strategy
                == .rolling(
                    .init(
                        stages: [.count(1), .percent(10), .percent(50)], maximumParallel: 4,
                        maximumUnavailable: .percent(25), minimumHealthy: .percent(70)
                    )
                )
        )
    }

    @Test func `the example's health checks and hooks mean what they say`() throws {
        let spec = try RolloutSpec(text: text, file: "rollout.yaml")
        #expect(
            spec.health == [
                .init(
                    name: "checks/health.sh", probe: .script(LocatedText("checks/health.sh")), timeout: .seconds(10)
                ),
                .init(
                    name: "http://127.0.0.1:8080/healthz",
                    probe: .http(.init(host: "127.0.0.1", port: 8080), path: "/healthz", status: 204),
                    timeout: .seconds(5)
                ),
                .init(name: "[::1]:8080", probe: .tcp(.init(host: "::1", port: 8080)), timeout: .seconds(5)),
            ]
        )
        #expect(Set(spec.hooks.onHosts.keys) == Set(RolloutSpec.HostHook.allCases))
        #expect(spec.hooks.onHosts[.validateService] == LocatedText("checks/smoke.sh"))
        #expect(Set(spec.hooks.onCoordinator.keys) == Set(RolloutSpec.CoordinatorHook.allCases))
        #expect(spec.hooks.onCoordinator[.onFailure] == LocatedText("./page.sh"))
    }

    @Test func `the example's configuration means what it says`() throws {
        let spec = try RolloutSpec(text: text, file: "rollout.yaml")
        #expect(
            spec.files.map(\.content) == [
                .template(LocatedText("deploy/shop.conf.mustache")), .source(LocatedText("deploy/limits.conf")),
            ])
        #expect(
            spec.files.map(\.placement.mode) == [0o640, nil] && spec.files.map(\.placement.replaces) == [false, true])
        #expect(
            spec.secrets.map(\.origin) == [
                .command(LocatedText("pass show shop/db")), .file(LocatedText("~/.config/shop/api.key")),
                .environment(LocatedText("SHOP_SESSION_KEY")),
            ])
        #expect(spec.secrets.map(\.name) == ["db", nil, "session_key"])
        #expect(spec.environment?.variables.map(\.name) == ["SHOP_PORT", "SHOP_SESSION_KEY"])
        #expect(spec.environment?.placement.path.text == "config/environment")
        let short = try RolloutSpec(text: "service: s\nartifact: a\nenvironment: {A: b}", file: "r")
        #expect(short.environment?.placement.path.text == "config/environment")
    }

    @Test func `what the example calls a default is the default`() throws {
        let short = try RolloutSpec(text: "service: shop\nartifact: shop.tar", file: "rollout.yaml")
        let lines = text.split(separator: "\n").filter { $0.contains("# default;") }
        let topLevel = lines.filter { !$0.hasPrefix(" ") }
        let defaults = "service: shop\nartifact: shop.tar\n" + topLevel.joined(separator: "\n")
        #expect(lines.count == 8)
        #expect(try RolloutSpec(text: defaults, file: "rollout.yaml") == short)
    }
}
