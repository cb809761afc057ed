import FleetModel
import RolloutEngine

/// The ending as a person reads it: the verdict, then the hosts that need hands, then what was and was not rolled back.
public struct EndingText: Sendable {
    private let ending: Ending
    private let plan: RolloutPlan
    private let style: Style

    public init(_ ending: Ending, plan: RolloutPlan, style: Style = .plain) {
        self.ending = ending
        self.plan = plan
        self.style = style
    }

    /// One line of verdict, then one for each host that is not as it should be, then counts of the others with their names.
    public var lines: [String] {
        var lines = [headline]
        if let reason = ending.reason { lines.append("reason: \(reason)") }
        for host in ending.hosts where host.state.needsHands || host.failure != nil { lines.append(line(for: host)) }
        for state in [HostEnding.State.updated, .current, .restored, .untouched] {
            let names = ending.hosts.filter { $0.state == state && $0.failure == nil }.map(\.name.text)
            if !names.isEmpty { lines.append("\(label(of: state)): \(shortened(names))") }
        }
        return lines
    }

    private var headline: String {
        let subject = "\(plan.service) \(plan.release)"
        switch ending.verdict {
        case .complete: return style("complete: \(subject) runs on all \(counted(ending.hosts.count, "host"))", .good)
        case .completeWithDebt:
            let owed = ending.hosts.filter { $0.state != .updated && $0.state != .current }.count
            return style("complete with debt: \(counted(owed, "host")) did not get \(subject)", .warning)
        case .unchanged:
            let restored = ending.hosts.filter { $0.state == .restored }.count
            let tail = restored > 0 ? "\(counted(restored, "host")) rolled back" : "nothing was changed"
            return style("failed: \(subject) is not rolled out; \(tail)", .bad)
        case .mixed: return style("failed, hosts left mixed: \(subject)", .bad)
        }
    }

    private func line(for host: HostEnding) -> String {
        var text = "  \(host.name.text): \(label(of: host.state))"
        if let current = host.current, host.state.needsHands { text += ", current is \(current)" }
        if let failure = host.failure { text += " (\(failure.problem))" }
        return style(text, host.state.needsHands ? .bad : .warning)
    }

    private func label(of state: HostEnding.State) -> String {
        switch state {
        case .updated: ending.reason == nil ? "updated" : "left on \(plan.release)"
        case .current: "already current"
        case .untouched: "untouched"
        case .restored: "rolled back"
        case .broken: "NOT rolled back, needs hands"
        case .unknown: "state unknown, needs hands"
        }
    }

    private func shortened(_ names: [String]) -> String {
        let shown = names.prefix(Self.maximumNames).joined(separator: " ")
        return names.count > Self.maximumNames ? "\(shown) … (\(names.count) in all)" : shown
    }

    /// Of hosts that are well; those that are not are always named.
    private static let maximumNames = 50
}
