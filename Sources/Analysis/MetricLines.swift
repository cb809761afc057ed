import FleetModel

/// What a script printed: lines of `name value`, empty ones and comments (`#`) between them.
public struct MetricLines: Hashable, Sendable {
    /// More bytes than this are refused.
    public static let maximumBytes = 65_536
    /// More metrics than this are refused.
    public static let maximumMetrics = 1000
    /// Of a metric's name.
    public static let maximumNameBytes = 128

    public let values: [String: Double]

    /// Reads a script's whole output.
    ///
    /// - Throws: What is wrong, with the line.
    public init(_ output: some Collection<UInt8>) throws(Diagnostic) {
        guard output.count <= Self.maximumBytes else {
            throw Diagnostic("the script printed more than \(Self.maximumBytes / 1024) KiB", hint: Self.syntax)
        }
        var values: [String: Double] = [:]
        let lines = output.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "\n") }
        for (index, line) in lines.enumerated() {
            let text = String(decoding: line, as: UTF8.self)
            guard let (name, value) = try Self.metric(text, number: index + 1) else { continue }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Diagnostic("line \(index + 1): '\(name)' is printed twice")
            }
            guard values.count <= Self.maximumMetrics else {
                throw Diagnostic("the script printed more than \(Self.maximumMetrics) metrics")
            }
        }
        self.values = values
    }

    private static let syntax = "print one 'name value' on each line, such as 'error_rate 0.002'"

    private static func metric(_ line: String, number: Int) throws(Diagnostic) -> (String, Double)? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard let name = words.first, !name.hasPrefix("#") else { return nil }
        let shown = line.printable(maximumBytes: 80)
        guard words.count == 2, isName(name) else {
            throw Diagnostic("line \(number): '\(shown)' is not a metric", hint: syntax)
        }
        guard let value = decimalNumber(words[1]) else {
            throw Diagnostic("line \(number): the value in '\(shown)' is not a finite decimal number", hint: syntax)
        }
        return (String(name), value)
    }

    private static func isName(_ text: Substring) -> Bool {
        text.utf8.count <= maximumNameBytes
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.:-".contains($0)) }
    }

    /// The metric of this name, or without a name the only one.
    ///
    /// - Throws: The name is not there, or without one there is not just one.
    public func value(_ name: String?) throws(Diagnostic) -> Double {
        if let name {
            guard let value = values[name] else {
                throw Diagnostic("the script printed no '\(name)'" + didYouMean(name, among: values.keys.sorted()))
            }
            return value
        }
        guard let only = values.first, values.count == 1 else {
            throw Diagnostic(
                values.isEmpty ? "the script printed no metric" : "the script printed \(values.count) metrics",
                hint: values.isEmpty ? Self.syntax : "name the one that counts with 'value:'")
        }
        return only.value
    }
}
