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
        let rows: [(String, (Sample) -> UInt64?)] = [
            ("main PID", \.mainPID), ("memory, bytes", \.memoryBytes), ("CPU since start, µs", \.cpuMicroseconds),
            ("restarts", \.restarts), ("checks, µs", \.latencyMicroseconds),
        ]
        return rows.map { name, value in
            let texts = [samples.before, samples.now].map { $0.flatMap(value).map { "\($0)" } ?? "-" }
            return "\(name): \(texts[0]) → \(texts[1])"
        }.joined(separator: "\n")
    }
}

extension [String] {
    fileprivate func joined(_ separator: String) -> String { filter { !$0.isEmpty }.joined(separator: separator) }
}
