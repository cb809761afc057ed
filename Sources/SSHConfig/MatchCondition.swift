import FleetModel

/// The criteria of one `Match`; all of them must hold.
struct MatchCondition: Sendable {
    enum Criterion: Sendable {
        case all
        /// Asks for a second pass, and holds only there.
        case final
        /// Holds in a second pass, too, and does not ask for one.
        case canonical
        case host(PatternList)
        case originalHost(PatternList)
        case user(PatternList)
        case localUser(PatternList)
        /// A criterion that we can't judge.
        case unsupported(String)
    }

    var criteria: [(criterion: Criterion, isNegated: Bool)] = []
    var location: SourceLocation?

    var asksForFinalPass: Bool {
        criteria.contains { if case .final = $0.criterion { true } else { false } }
    }

    /// Reads what follows `Match`.
    init(_ line: ConfigLine) throws(Diagnostic) {
        location = line.location
        var words = try MatchWords(line)
        while let attribute = words.next(), !attribute.hasPrefix("#"), !attribute.isEmpty {
            let isNegated = attribute.hasPrefix("!")
            let name = (isNegated ? attribute.dropFirst() : attribute[...]).lowercased()
            if let criterion = Self.bare(name) {
                criteria.append((criterion, isNegated))
                guard case .all = criterion else { continue }
                try checkAll(words.next())
                return
            }
            let value = words.next() ?? ""
            guard !value.isEmpty, !value.hasPrefix("#") else {
                throw Diagnostic("Match \(name.printable(maximumBytes: 80)) has no value", at: location)
            }
            criteria.append((try criterion(name, value), isNegated))
        }
        guard !criteria.isEmpty else { throw Diagnostic("Match has no criteria", at: location) }
    }

    private static func bare(_ name: String) -> Criterion? {
        switch name {
        case "all": .all
        case "final": .final
        case "canonical": .canonical
        default: nil
        }
    }

    /// ssh lets one criterion stand before it, for `Match final all`.
    private func checkAll(_ next: String?) throws(Diagnostic) {
        let isLast = next.map { $0.isEmpty || $0.hasPrefix("#") } ?? true
        guard isLast, criteria.count <= 2 else {
            throw Diagnostic("Match all can't be combined with other criteria", at: location)
        }
    }

    private func criterion(_ name: String, _ value: String) throws(Diagnostic) -> Criterion {
        switch name {
        // Host names are compared in lower case (match.c, `match_hostname`).
        case "host": return .host(PatternList(commaSeparated: value.lowercased()))
        case "originalhost": return .originalHost(PatternList(commaSeparated: value.lowercased()))
        case "user": return .user(PatternList(commaSeparated: value))
        case "localuser": return .localUser(PatternList(commaSeparated: value))
        case "exec", "localnetwork", "tagged", "command", "version", "sessiontype": return .unsupported(name)
        default:
            let word = name.printable(maximumBytes: 80)
            throw Diagnostic(
                "unknown criterion '\(word)' of Match\(didYouMean(word, among: Self.names))", at: location,
                hint: "criteria are \(Self.names.joined(separator: ", "))")
        }
    }

    private static let names = ["all", "canonical", "exec", "final", "host", "localuser", "originalhost", "user"]
}

/// The words behind `Match`: between white space or one `=`; `"` quotes.
private struct MatchWords {
    private var rest: ArraySlice<UInt8>
    private let line: ConfigLine

    init(_ line: ConfigLine) throws(Diagnostic) {
        self.line = line
        rest = Array(line.rest.utf8)[...]
        guard rest.count(where: { $0 == UInt8(ascii: "\"") }).isMultiple(of: 2) else {
            throw Diagnostic("Match: a quote is not closed", at: line.location)
        }
    }

    mutating func next() -> String? {
        guard !rest.isEmpty else { return nil }
        var word: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") {
                word += rest.prefix { $0 != byte }
                rest = rest.drop { $0 != byte }.dropFirst()
                break
            }
            if byte == UInt8(ascii: "=") || ConfigLine.isBlank(byte) {
                rest = byte == UInt8(ascii: "=") ? rest : Self.droppingEquals(rest)
                break
            }
            word.append(byte)
        }
        rest = rest.drop(while: ConfigLine.isBlank)
        return String(decoding: word, as: UTF8.self)
    }

    private static func droppingEquals(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let trimmed = rest.drop(while: ConfigLine.isBlank)
        return trimmed.first == UInt8(ascii: "=") ? trimmed.dropFirst() : trimmed
    }
}
