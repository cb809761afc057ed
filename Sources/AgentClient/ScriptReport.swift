import FleetModel
import HostAccess

/// What one of our scripts found on a host, as `key=value` lines between two marks: login shells print texts of their
/// own before and after. Everything in it is the host's word.
struct ScriptReport {
    static let beginning = "coord-report-begins"
    static let end = "coord-report-ends"

    private var values: [Substring: [String]] = [:]

    /// Nil unless the output holds a whole report.
    init?(_ output: [UInt8]) {
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        // A shell may leave its own line unfinished before ours.
        guard let first = lines.lastIndex(where: { $0.hasSuffix(Self.beginning) }),
            let last = lines[first...].firstIndex(of: Self.end[...])
        else { return nil }
        for line in lines[first..<last].dropFirst() {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[parts[0], default: []].append(String(parts[1]).printable()) }
        }
    }

    /// The last value of a key; nil where there is none or it is empty.
    subscript(key: Substring) -> String? { values[key]?.last.flatMap { $0.isEmpty ? nil : $0 } }

    /// Every value of a key.
    func all(_ key: Substring) -> [String] { values[key] ?? [] }
}
