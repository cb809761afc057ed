import FleetModel
import RolloutEngine
import Testing

@testable import Reporting

@Suite struct PlainReporterTests {
    @Test func `a silent rollout tells what it waits for, now and then, once for all hosts that say the same`() throws {
        let transcript = Transcript()
        let reporter = PlainReporter(write: transcript.write)
        let engine = try Self.watching(transcript, reporter)
        let told = transcript.lines.count
        let now = ContinuousClock.now
        reporter.tick(at: now + .seconds(20))
        #expect(transcript.lines.count == told, "silence is short yet")
        reporter.tick(at: now + .seconds(31))
        reporter.tick(at: now + .seconds(40))
        let lines = transcript.lines.dropFirst(told).map { String($0.trimmingPrefix(#/ *[\d.]+s  /#)) }
        #expect(
            lines == ["waiting for h1 h2: check http://127.0.0.1/: HTTP 503", "waiting for h3: waiting for health"])
        reporter.observe(.suspended(.paused(reason: "paused by ann")))
        let count = transcript.lines.count
        reporter.tick(at: now + .seconds(100))
        #expect(transcript.lines.count == count && !engine.isWaiting, "nobody is waited for after the end")
    }

    @Test func `quiet stays silent`() throws {
        let transcript = Transcript()
        let reporter = PlainReporter(isQuiet: true, write: transcript.write)
        _ = try Self.watching(transcript, reporter)
        reporter.tick(at: .now + .seconds(31))
        #expect(transcript.lines.isEmpty)
    }

    /// Three hosts that are to become healthy.
    private static func watching(_ transcript: Transcript, _ reporter: PlainReporter) throws -> RolloutEngine {
        let plan = Scenario.plan(hostCount: 3, stages: [.percent(100)], strategy: .recreate(Recreate()))
        var engine = RolloutEngine(plan: plan)
        let hosts = plan.hosts.map(\.name)
        let steps =
            [Event.rolloutStarted] + hosts.map { .operationFinished(.stage, on: $0, .succeeded) }
            + hosts.map { .operationFinished(.activate, on: $0, .succeeded) }
        reporter.observe(.began(engine, isResumed: false))
        for event in steps {
            _ = engine.handle(event, at: .zero)
            reporter.observe(.happened(event, at: .zero, engine))
        }
        try #require(engine.hosts.allSatisfy { $0.pending == .watch })
        for host in hosts.prefix(2) {
            reporter.observe(.hostSaid(host, line: "check http://127.0.0.1/: HTTP 503", output: ""))
        }
        return engine
    }
}
