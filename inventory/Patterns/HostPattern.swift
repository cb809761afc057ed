import FleetModel

/// A host pattern in its terms: `web:&dc1:!old`, `web*,db[0:2]`.
struct HostPattern {
    enum Operation { case add, intersect, exclude }

    /// Positions in a group, from 0, both ends included; negative ones count from the end.
    struct Subscript {
        var first: Int
        /// Nil for the end of the group.
        var last: Int?
    }

    struct Term {
        var operation: Operation
        /// A name, a glob, or `~` and a regular expression.
        var expression: String
        var positions: Subscript?
    }

    let text: String
    private(set) var terms: [Term] = []

    /// - Throws: where the pattern has no term, or a term's subscript is malformed.
    init(_ text: String) throws(Diagnostic) {
        self.text = text.printable(maximumBytes: 200)
        // A pattern is typed by a person; a longer one is no pattern but a wrong file.
        guard text.utf8.count <= InventoryLimits.maximumLineBytes else {
            throw Diagnostic("the host pattern has more than \(InventoryLimits.maximumLineBytes) bytes")
        }
        for part in Self.split(text[...], at: ",").flatMap(Self.splitAtColons) {
            let part = part.drop(while: \.isWhitespace)
            let trimmed = part.lastIndex { !$0.isWhitespace }.map { part[...$0] } ?? ""
            if !trimmed.isEmpty { terms.append(try Self.term(trimmed)) }
        }
        guard !terms.isEmpty else {
            throw Diagnostic("the host pattern is empty", hint: "'all' selects every host")
        }
    }

    private static func splitAtColons(_ part: Substring) -> [Substring] {
        let operand = part.drop { $0 == "&" || $0 == "!" || $0.isWhitespace }
        return IPv6Literal.isValid(String(operand)) ? [part] : split(part, at: ":")
    }

    /// Splits at separators outside brackets.
    private static func split(_ text: Substring, at separator: Character) -> [Substring] {
        var isInBrackets = false
        return text.split { character in
            if character == "[" { isInBrackets = true }
            if character == "]" { isInBrackets = false }
            return character == separator && !isInBrackets
        }
    }

    private static func term(_ text: Substring) throws(Diagnostic) -> Term {
        let operations: [Character: Operation] = ["&": .intersect, "!": .exclude]
        let operation = text.first.flatMap { operations[$0] }
        let operand = operation == nil ? text : text.dropFirst()
        guard let first = operand.first else {
            throw Diagnostic("nothing follows the '\(text)' in the host pattern", hint: "write, for example, web:!old")
        }
        if first == "@" {
            throw Diagnostic(
                "the host pattern names a file: '\(operand)'",
                hint: "write the hosts themselves, with commas between them")
        }
        var term = Term(operation: operation ?? .add, expression: String(operand), positions: nil)
        if first != "~" { try term.takeSubscript() }
        return term
    }
}

extension HostPattern.Term {
    /// Takes `[3]`, `[-1]`, `[2:]` or `[0:4]` off the end; other brackets belong to a glob.
    fileprivate mutating func takeSubscript() throws(Diagnostic) {
        guard expression.hasSuffix("]"), let open = expression.lastIndex(of: "["), open != expression.startIndex else {
            return
        }
        let content = expression[expression.index(after: open)...].dropLast()
        guard !content.isEmpty, content.utf8.allSatisfy({ Byte.isDigit($0) || "-:".utf8.contains($0) }) else { return }
        let parts = content.split(separator: ":", omittingEmptySubsequences: false)
        let isClosed = parts.count == 2 && !parts[1].isEmpty
        guard parts.count <= 2, let first = Int(parts[0]), parts.count == 1 || first >= 0,
            !isClosed || Int(parts[1]).map({ $0 >= first }) == true
        else {
            throw Diagnostic(
                "'[\(content)]' is no position in the host pattern '\(expression)'",
                hint: "positions count from 0: web[0], web[-1], web[0:4], web[2:]")
        }
        positions = .init(first: first, last: parts.count == 1 ? first : isClosed ? Int(parts[1]) : nil)
        expression = String(expression[..<open])
    }
}
