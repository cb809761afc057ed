import FleetModel
import RolloutEngine
import Testing

@testable import Reporting

@Suite struct LiveReporterTests {
    @Test(arguments: [40, 80, 200]) func `the view goes away and leaves what happened, once`(columns: Int) throws {
        let screen = Screen(columns: columns)
        let reporter = LiveReporter(style: .coloured, size: { (screen.columns, 50) }, write: screen.write)
        let scenario = try #require(Scenario.all.first { $0.name == "sick-batch-6" })
        _ = scenario.play { Ticking(reporter) }
        let text = screen.text.joined()
        #expect(text.ranges(of: "rolling back: h2").count == 1)
        #expect(text.ranges(of: "batch 1/3").count == 1)
        #expect(!text.contains("batch 3/3") && !text.contains("█"), "the view's own lines are gone")
        #expect(screen.text.last == "")
    }

    @Test func `a terminal made narrower is left without pieces of the view`() throws {
        let screen = Screen(columns: 120)
        let reporter = LiveReporter(style: .plain, size: { (screen.columns, 50) }, write: screen.write)
        let plan = Scenario.plan(hostCount: 200, stages: [.count(1), .percent(25)])
        var engine = RolloutEngine(plan: plan)
        reporter.observe(.began(engine, isResumed: false))
        _ = engine.handle(.rolloutStarted, at: .zero)
        reporter.observe(.happened(.rolloutStarted, at: .zero, engine))
        reporter.tick(ownsTerminal: true)
        screen.narrow(to: 33)
        reporter.tick(ownsTerminal: true)
        #expect(screen.text.filter { $0.hasPrefix("batch 1/5") }.count == 1)
        #expect(screen.text.filter { $0.hasPrefix("shop 1.1.0") }.count == 1)
        reporter.observe(.suspended(.interrupted))
        #expect(screen.text.suffix(2) == ["interrupted", ""])
        reporter.tick(ownsTerminal: true)
        #expect(screen.text.suffix(2) == ["interrupted", ""], "nothing is drawn after the end")
    }
}

extension LiveReporterTests {
    @Test func `a view is taken off a terminal that the shell writes to, and drawn below what it wrote`() {
        let screen = Screen(columns: 80)
        let reporter = LiveReporter(style: .plain, size: { (screen.columns, 50) }, write: screen.write)
        var engine = RolloutEngine(plan: Scenario.plan(hostCount: 6))
        reporter.observe(.began(engine, isResumed: false))
        reporter.tick(ownsTerminal: false)
        #expect(screen.text.count == 2 && screen.text.last == "", "what happened stays, the view goes")
        screen.write("[1]+  Stopped\n")
        _ = engine.handle(.rolloutStarted, at: .zero)
        reporter.observe(.waiting(reason: "paused by ann"))
        reporter.tick(ownsTerminal: false)
        #expect(screen.text.suffix(3).first == "[1]+  Stopped" && screen.text.last == "", "\(screen.text)")
        reporter.tick(ownsTerminal: true)
        #expect(screen.text.filter { $0.hasPrefix("shop 1.1.0") }.count == 1)
        reporter.observe(.suspended(.interrupted))
        reporter.tick(ownsTerminal: true)
        #expect(screen.text.suffix(2) == ["interrupted", ""])
    }
}

/// Draws after each piece of news, as a slow rollout would.
private struct Ticking: RolloutObserver {
    let reporter: LiveReporter

    init(_ reporter: LiveReporter) { self.reporter = reporter }

    func observe(_ news: RolloutNews) {
        reporter.observe(news)
        reporter.tick(ownsTerminal: true)
    }
}
