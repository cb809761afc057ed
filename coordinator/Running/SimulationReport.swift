import FleetModel
import Reporting
import RolloutEngine
import RolloutSimulator

/// Plays one scenario and tells how it went.
struct SimulationReport {
    private let scenario: Scenario
    private let output: OutputOptions
    private let terminal: Terminal

    init(_ scenario: Scenario, _ output: OutputOptions, _ terminal: Terminal) {
        (self.scenario, self.output, self.terminal) = (scenario, output, terminal)
    }

    /// The status that `coord rollout` would have.
    func print() -> ExitStatus { output.json ? printJSON() : printLines() }

    private func printLines() -> ExitStatus {
        let (lines, summary) = lines(style: output.resultStyle(on: terminal), isQuiet: output.quiet)
        lines.forEach(terminal.print)
        return ExitStatus(summary)
    }

    /// The timeline, the capacity, and the ending.
    func lines(style: Style, isQuiet: Bool = false) -> (lines: [String], summary: RunSummary) {
        var timeline = RolloutTimeline(RolloutEngine(plan: scenario.plan), style: style)
        let summary = scenario.run { record, engine in
            switch record.fact {
            case .handled(let event): timeline.take(event, engine, at: record.time)
            case .did(.wait(let reason)): timeline.wait(reason, at: record.time)
            case .did(.suspend(let suspension)): timeline.suspend(suspension, at: record.time)
            default:
                if let (text, host) = scenario.told(record.fact) { timeline.note(text, on: host, at: record.time) }
            }
        }
        timeline.close()
        var lines = isQuiet ? [] : timeline.lines + [""]
        lines += summary.capacityLines(promised: scenario.plan) + [""]
        lines += summary.endingLines(of: scenario.plan, style)
        return (lines, summary)
    }

    private func printJSON() -> ExitStatus {
        let reporter = JSONReporter(write: terminal.print)
        reporter.observe(.began(RolloutEngine(plan: scenario.plan), isResumed: false))
        let summary = scenario.run { record, engine in
            switch record.fact {
            case .handled(let event):
                reporter.observe(.happened(event, at: RolloutInstant(milliseconds: record.time), engine))
            case .did(.wait(let reason)): reporter.observe(.waiting(reason: reason))
            case .did(.suspend(let suspension)): reporter.observe(.suspended(suspension))
            case .did(.end(let ending)): reporter.observe(.ended(ending))
            default:
                if let (text, host) = scenario.told(record.fact) { reporter.observe(.noted(text, on: host)) }
            }
        }
        let status = ExitStatus(summary)
        terminal.print(SimulatedLine(summary, status).jsonLine)
        return status
    }
}

/// The last line of `--json`.
private struct SimulatedLine: Encodable {
    struct Level: Encodable {
        var label: String?
        var value: String?
        var hosts: Int
        var serving: Int
        /// Seconds since the beginning.
        var at: Double
    }

    var event = "simulated"
    var seconds: Double
    var exitStatus: Int32
    /// Those that serve at the worst moment: of all, then of each domain.
    var capacity: [Level]
    var brokenPromises: [String]

    init(_ summary: RunSummary, _ status: ExitStatus) {
        seconds = Double(summary.duration) / 1000
        exitStatus = status.rawValue
        capacity = summary.levels.map { label, value, level in
            Level(
                label: label, value: value, hosts: level.hosts, serving: level.fewest, at: Double(level.time) / 1000)
        }
        brokenPromises = summary.violations.map(\.description)
    }
}

extension Scenario {
    /// What befalls the virtual fleet, where no event tells it.
    fileprivate func told(_ fact: Trace.Fact) -> (String, HostName?)? {
        switch fact {
        case .wentDown(let host): ("out of reach", host)
        case .cameUp(let host): ("within reach again", host)
        case .died(let host): ("what it runs has died", host)
        case .crashed: ("the coordinator dies", nil)
        case .balanced(_, _, isRestarted: true): ("a balancer restarts and forgets what it was told", nil)
        default: nil
        }
    }
}

extension RunSummary {
    /// Of all hosts, then of each domain.
    fileprivate var levels: [(label: String?, value: String?, level: ServingHosts.Level)] {
        let domains = capacity.domains.sorted { $0.key < $1.key }.flatMap { label, levels in
            levels.sorted { $0.key < $1.key }.map { (label as String?, $0.key as String?, $0.value) }
        }
        return [(nil, nil, capacity.group)] + domains
    }

    fileprivate func capacityLines(promised plan: RolloutPlan) -> [String] {
        levels.map { label, value, level in
            let name = if let label, let value { "  \(label) \(value)" } else { "worst capacity" }
            guard level.fewest < level.hosts else {
                return "\(name): all of \(counted(level.hosts, "host")) all the time"
            }
            let promise = label == nil && plan.strategy != .blueGreen && plan.strategy != .recreate
            let least = max(0, level.hosts - plan.policy.maximumUnavailable)
            let tail = promise ? " (promised: at least \(least))" : ""
            return
                "\(name): \(level.fewest) of \(counted(level.hosts, "host")) serve, at \(spokenTime(level.time))\(tail)"
        }
    }

    fileprivate func endingLines(of plan: RolloutPlan, _ style: Style) -> [String] {
        let after = "after \(spokenTime(duration))"
        let heading = "\(after), exit status \(ExitStatus(self).rawValue):"
        let broken = violations.map { style("broken promise: \($0)", .bad) }
        switch result {
        case .ended(let ending): return [heading] + EndingText(ending, plan: plan, style: style).lines + broken
        case .waits(let reason):
            let hint = reason == Gate.promotion.reason ? ["hint: --promote-after 5m goes on"] : []
            return [heading, style("paused: \(reason)", .warning)] + hint + broken
        case .stuck: return [heading, style("it neither ends nor waits: a mistake of coord's", .bad)] + broken
        }
    }
}

extension ExitStatus {
    init(_ summary: RunSummary) {
        switch summary.result {
        case .ended(let ending): self.init(ending.verdict)
        case .waits: self = .paused
        case .stuck: self = .mixed
        }
    }
}

/// As the timeline has it: `54.1s`.
private func spokenTime(_ milliseconds: Int64) -> String { "\(milliseconds / 1000).\(milliseconds % 1000 / 100)s" }
