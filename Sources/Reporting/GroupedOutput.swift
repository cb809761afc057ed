import FleetModel

/// What many hosts printed, told once for all that printed the same, as `clush -b` does.
public struct GroupedOutput: Sendable {
    /// What one host printed, and how that ended.
    public struct Answer: Sendable, Hashable {
        /// Printable text of the standard output.
        public var output: String
        /// Printable text of the standard error.
        public var errors: String
        /// `exit status 2`; nil where all is well.
        public var ending: String?
        /// What was cut off, for the reader: nil where it is whole.
        public var remark: String?

        public init(output: String, errors: String = "", ending: String? = nil, remark: String? = nil) {
            self.output = output
            self.errors = errors
            self.ending = ending
            self.remark = remark
        }
    }

    private var groups: [(answer: Answer, hosts: [String])] = []
    private var places: [Answer: Int] = [:]

    public init() {}

    /// Takes the answer of one more host.
    public mutating func add(_ answer: Answer, of host: String) {
        if let place = places[answer] {
            groups[place].hosts.append(host)
        } else {
            places[answer] = groups.count
            groups.append((answer, [host]))
        }
    }

    /// A heading with the hosts, then what they printed; the most hosts first.
    public func lines(style: Style = .plain) -> [String] {
        groups.enumerated()
            .sorted { ($1.element.hosts.count, $0.offset) < ($0.element.hosts.count, $1.offset) }
            .flatMap { lines(of: $0.element.answer, $0.element.hosts, style) }
    }

    private func lines(of answer: Answer, _ hosts: [String], _ style: Style) -> [String] {
        let count = hosts.count > 1 ? " (\(counted(hosts.count, "host")))" : ""
        let tail = answer.ending.map { ": \($0)" } ?? ""
        let heading = style("--- \(folded(hosts))\(count)\(tail)", answer.ending == nil ? .bold : .bad)
        let errors = Self.lines(of: answer.errors).map { style("stderr: \($0)", .warning) }
        return [heading] + Self.lines(of: answer.output) + errors
            + (answer.remark.map { [style("(\($0))", .faint)] } ?? [])
    }

    private static func lines(of text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
