import AgentProtocol
import FleetModel
import RolloutEngine

/// What hosts may have in common: their agents' facts, with numbers in classes, and what the plan knows of them.
struct SuspectFacts {
    var values: [String: String] = [:]

    init(_ facts: [HostFact], of host: PlannedHost) {
        for fact in facts where fact.name != HostFact.Name.bootID {
            let value = Self.classified(fact).printable(maximumBytes: 200)
            values[fact.name.printable(maximumBytes: 60)] = value
        }
        for (label, value) in host.domains { values[label] = value }
        if let current = host.current { values["release before"] = current }
        if host.isSick { values["state before"] = "sick" }
    }

    private static func classified(_ fact: HostFact) -> String {
        guard let number = UInt64(fact.value) else { return fact.value }
        switch fact.name {
        case HostFact.Name.memoryBytes: return below(number >> 30, [1, 2, 4, 8, 16, 32, 64, 128, 256], "GiB")
        case HostFact.Name.uptimeSeconds: return below(number / 3600, [1, 24, 24 * 7, 24 * 30, 24 * 365], "hours")
        case HostFact.Name.diskFreePercent: return below(number, [5, 20, 50], "%")
        default: return fact.value
        }
    }

    private static func below(_ number: UInt64, _ bounds: [UInt64], _ unit: String) -> String {
        let lower = bounds.last { $0 <= number }
        guard let upper = bounds.first(where: { number < $0 }) else { return "\(lower ?? 0) \(unit) or more" }
        return lower.map { "\($0) to \(upper) \(unit)" } ?? "less than \(upper) \(unit)"
    }
}
