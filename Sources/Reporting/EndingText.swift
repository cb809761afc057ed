import FleetModel
import RolloutEngine

/// The ending as a person reads it: the verdict, the hosts that need hands, those that failed, then all others.
public struct EndingText: Sendable {
    private let ending: Ending
    private let plan: RolloutPlan
    private let style: Style
    private let stateArgument: String
    private let evidence: FailureEvidence?

    /// `stateArgument`: what a command typed after this needs to find the rollout: ` --state envs/.coord`, or nothing.
    /// `evidence`: what was kept of the hosts that failed.
    public init(
        _ ending: Ending, plan: RolloutPlan, style: Style = .plain, stateArgument: String = "",
        evidence: FailureEvidence? = nil
    ) {
        self.stateArgument = stateArgument
        self.evidence = evidence
        self.ending = ending
        self.plan = plan
        self.style = style
    }

    /// The verdict, why, each host that is not as it should be, the others by what they run, what the balancers do,
    /// what is known of the failures, and the remedy.
    public var lines: [String] {
        var lines = [headline]
        if let reason = ending.reason { lines.append("reason: \(reason.onOneLine)") }
        let odd = ending.hosts.filter { $0.state.needsHands } + ending.hosts.filter(\.hasOnlyFailed)
        lines += odd.map(line) + groups
        if let traffic { lines.append(traffic) }
        if ending.isContractOwed {
            lines.append(
                style("schema: contract is owed: it runs once every host runs \(plan.release)", .warning))
        }
        lines += evidence?.lines ?? []
        if let hint { lines.append("hint: \(hint)") }
        return lines
    }

    private var headline: String {
        let subject = "\(plan.service) \(plan.release)"
        switch ending.verdict {
        case .complete: return style("complete: \(subject) runs on \(all)", .good)
        case .completeWithDebt:
            let owed = ending.hosts.count { $0.state != .updated && $0.state != .current }
            let share = "\(owed) of \(counted(ending.hosts.count, "host"))"
            return style("complete with debt: \(share) did not get \(subject)", .warning)
        case .unchanged:
            let restored = count(.restored)
            let tail = restored > 0 ? "\(counted(restored, "host")) rolled back" : "nothing was changed"
            return style("failed: \(subject) is not rolled out; \(tail)", .bad)
        case .mixed:
            let hands = ending.hosts.count(where: \.state.needsHands)
            var parts: [String] = []
            if hands > 0 { parts.append("\(counted(hands, "host")) \(hands == 1 ? "needs" : "need") hands") }
            if count(.updated) > 0 { parts.append("\(counted(count(.updated), "host")) updated to \(plan.release)") }
            if count(.restored) > 0 { parts.append("\(counted(count(.restored), "host")) rolled back") }
            return style("failed, hosts left mixed: \(subject); \(parts.joined(separator: ", "))", .bad)
        }
    }

    private var all: String { ending.hosts.count == 1 ? "1 host" : "all \(ending.hosts.count) hosts" }

    private func count(_ state: HostEnding.State) -> Int { ending.hosts.count { $0.state == state } }

    private func line(for host: HostEnding) -> String {
        let why = host.failure.map { " (\($0.problem.onOneLine))" } ?? ""
        return style("  \(host.name.text): \(label(of: host))\(why)", host.state.needsHands ? .bad : .warning)
    }

    /// The hosts that went as they should, one line for each thing that can be said of them.
    private var groups: [String] {
        let order: [HostEnding.State] = [.updated, .current, .restored, .retired, .kept, .untouched, .offline]
        return order.flatMap { state -> [String] in
            let hosts = ending.hosts.filter { $0.state == state && $0.failure == nil }
            let labels = hosts.map(label)
            var seen: Set<String> = []
            return labels.filter { seen.insert($0).inserted }.map { label in
                let names = zip(hosts, labels).filter { $0.1 == label }.map(\.0.name.text)
                return "\(label): \(listed(names))"
            }
        }
    }

    private var traffic: String? {
        switch ending.traffic {
        case nil: return nil
        case .initial: return "traffic: as before the rollout"
        case .target:
            let shifts = plan.steps.compactMap { if case .shiftTraffic(let last) = $0 { last } else { nil } }
            return shifts.last.map { "traffic: \(StepText.shares(of: $0, plan))" }
        case .between: return style("traffic: left as the steps that were done have shared it out", .warning)
        case .unknown(let problem): return style("traffic: not known: \(problem.onOneLine)", .bad)
        }
    }

    private func label(of host: HostEnding) -> String {
        let label = stateLabel(of: host)
        return host.isSkipped == true ? "skipped, \(label)" : label
    }

    private func stateLabel(of host: HostEnding) -> String {
        let current = host.current?.onOneLine
        return switch host.state {
        case .updated: "updated to \(plan.release)"
        case .current: "ran \(plan.release) already"
        case .kept: "kept as it is, as planned"
        case .retired: "stopped, as planned"
        case .untouched: "untouched"
        case .offline: "offline, left out"
        case .restored: "rolled back to " + (current ?? "nothing, as before")
        case .broken where host.lacksOnlyTraffic == true:
            "needs hands: runs \(current ?? "nothing") and is in service, but its traffic is not known"
        case .broken:
            "needs hands: changed, and now out of service or on the wrong release; current is \(current ?? "nothing")"
        case .unknown: "needs hands: changed, and could not be asked what it runs"
        }
    }

    private var hint: String? {
        switch ending.verdict {
        case .complete, .unchanged: nil
        case .completeWithDebt:
            "mend what failed, then: coord retry \(plan.rollout)\(stateArgument); "
                + "hosts that run \(plan.release) are left as they are"
        case .mixed: "see to the hosts named above, then roll out again; a rollout begins from what each host runs"
        }
    }
}

extension HostEnding {
    fileprivate var hasOnlyFailed: Bool { failure != nil && !state.needsHands }
}
