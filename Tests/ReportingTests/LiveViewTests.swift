import FleetModel
import RolloutEngine
import Testing

@testable import Reporting

@Suite struct LiveViewTests {
    @Test(arguments: ["sick-batch-6", "within-budget-200"])
    func `every line fits, whatever hosts say`(name: String) throws {
        let scenario = try #require(Scenario.all.first { $0.name == name })
        _ = scenario.play { FitChecker() }
    }

    @Test func `an upload that begins again is no sudden rush`() throws {
        var view = LiveView(RolloutEngine(plan: Scenario.plan(hostCount: 3)))
        let host = try #require(HostName("h1"))
        for (second, bytes) in [(1, 4_000_000), (2, 5_000_000), (3, 1_000_000), (4, 2_000_000)] as [(Int64, UInt64)] {
            view.take(.sent(bytes: bytes, of: 12_000_000, to: host), at: .seconds(second))
        }
        let lines = view.lines(width: 100, height: 20, at: .seconds(4), style: .plain)
        #expect(lines.first?.contains("666.6 kB/s") == true, "\(lines)")
        #expect(lines.contains("  sending to 1 host: 2.0 MB of 12.0 MB"))
    }

    @Test func `time goes with waves, not with hosts`() throws {
        // 1 host, then 50, 50, 50 and 49, all of a batch at once: 5 waves.
        let plan = Scenario.plan(hostCount: 200, stages: [.count(1), .percent(25)])
        let waiting = RolloutEngine(plan: plan).hosts
        var remaining = RemainingTime(plan)
        #expect(remaining.estimate(waiting, at: .seconds(9)) == nil)
        remaining.note(plan.batches[0][0], at: .seconds(10))
        let rest = try #require(remaining.estimate(Array(waiting.dropFirst()), at: .seconds(10)))
        #expect((39...40).contains(rest.components.seconds))
        for host in plan.batches[1].dropLast() { remaining.note(host, at: .seconds(19)) }
        let left = try #require(remaining.estimate(Array(waiting.dropFirst(50)), at: .seconds(19)))
        #expect((30...32).contains(left.components.seconds))
        #expect(remaining.estimate([], at: .seconds(60)) == nil)
    }

    @Test func `what a canary's pauses and analyses take is not guessed from its first host`() throws {
        let plans = Scenario.all.flatMap(\.scripts).map(\.plan)
        let plan = try #require(plans.first { $0.strategy == .canary })
        var remaining = RemainingTime(plan)
        for host in plan.batches[0] { remaining.note(host, at: .seconds(10)) }
        #expect(remaining.estimate(RolloutEngine(plan: plan).hosts, at: .seconds(11)) == nil)
    }

    @Test func `a bar is as long as it should be and shows the one that failed`() throws {
        let scenario = try #require(Scenario.all.first { $0.name == "sick-batch-6" })
        _ = scenario.play { BarChecker() }
    }
}

private struct FitChecker: RolloutObserver {
    func observe(_ news: RolloutNews) {
        // Where something has just failed the view is at its fullest.
        guard case .happened(.operationFinished(_, _, .failed), _, let engine) = news else { return }
        var view = LiveView(engine)
        view.take(news, at: .seconds(1))
        for (width, height) in [(20, 3), (33, 8), (79, 12), (199, 25)] {
            let lines = view.lines(width: width, height: height, at: .seconds(2), style: .coloured)
            #expect(lines.count <= height && lines.allSatisfy { $0.columnCount <= width && !$0.contains("\n") })
        }
    }
}

private struct BarChecker: RolloutObserver {
    func observe(_ news: RolloutNews) {
        guard case .happened(_, _, let engine) = news else { return }
        for batch in engine.plan.batches.indices {
            let hosts = engine.hosts.filter { $0.batch == batch }
            let bar = ProgressBar(of: hosts, width: 20)
            #expect(bar.text(.plain).count == 22)
            let hasFailed = hosts.contains { $0.phase == .failed || $0.phase == .stuck }
            #expect(bar.text(.plain).contains("!") == hasFailed)
            let isHealthy = hosts.allSatisfy { $0.phase == .healthy }
            #expect((bar.text(.plain) == "[" + String(repeating: "█", count: 20) + "]") == isHealthy)
        }
    }
}
