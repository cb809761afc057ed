import AgentProtocol
import FleetModel
import Foundation
import RolloutEngine

/// What is kept of one failure on one host, as people read it. All of it came from the host, and is made printable.
struct EvidenceText {
    var host: HostName
    var operation: HostOperation
    var attempt: Int
    var failure: HostFailure
    /// Nil where the host did not give it, for the reason given.
    var evidence: Evidence?
    var gap: String?
    /// From before the change, and now.
    var samples: (before: Sample?, now: Sample?)
    var at: Date

    var text: String {
        var sections = [
            "\(host): \(operation.rawValue) failed (attempt \(attempt), \(at.formatted(.iso8601)))\n"
                + "problem: \(failure.problem)\n"
        ]
        if !failure.output.isEmpty { sections.append(Self.section("output", failure.output)) }
        if let gap { sections.append("no evidence from the host: \(gap)\n") }
        if let evidence {
            sections += [
                Self.section("checks", [evidence.healthProblem, Self.read(evidence.healthOutput)].joined("\n")),
                Self.section("unit", Self.read(evidence.unitStatus)), Self.section("log", Self.read(evidence.journal)),
            ]
        }
        sections.append(Self.section("metrics before → now", metrics))
        let facts = (evidence?.facts ?? []).map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        sections.append(Self.section("facts", facts.printable()))
        return sections.filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
    }

    private static func read(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Empty without content.
    private static func section(_ title: String, _ content: String) -> String {
        let shown = content.printable(maximumBytes: ProtocolLimits.maximumEvidenceBytes)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return shown.isEmpty ? "" : "--- \(title)\n\(shown)\n"
    }

    private var metrics: String {
        guard samples.before != nil || samples.now != nil else { return "" }
        let numbers: [(String, (Sample) -> UInt64?)] = [
            ("main PID", \.mainPID), ("memory, bytes", \.memoryBytes), ("CPU since start, µs", \.cpuMicroseconds),
            ("restarts", \.restarts),
        ]
        var rows = numbers.map { name, value in row(name) { value($0).map { "\($0)" } } }
        rows.append(row("checks", Self.checks))
        // Nobody counts them before the change: it begins there.
        if let count = samples.now?.logErrors { rows.append("log errors since then: \(count)") }
        return rows.joined("\n")
    }

    /// Empty where neither sample has it.
    private func row(_ name: String, _ value: (Sample) -> String?) -> String {
        let texts = [samples.before, samples.now].map { $0.flatMap(value) }
        guard texts.contains(where: { $0 != nil }) else { return "" }
        return "\(name): " + texts.map { $0 ?? "-" }.joined(separator: " → ")
    }

    private static func checks(_ sample: Sample) -> String? {
        sample.isHealthy.map { isHealthy in
            guard isHealthy else { return "failed" }
            return "passed" + (sample.latencyMicroseconds.map { " in \($0) µs" } ?? "")
        }
    }
}

extension [String] {
    fileprivate func joined(_ separator: String) -> String { filter { !$0.isEmpty }.joined(separator: separator) }
}
