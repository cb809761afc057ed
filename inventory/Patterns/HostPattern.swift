import FleetModel

/// A host pattern in its terms: `web:&dc1:!old`, `web*,db[0:2]`, `@file`.
public struct HostPattern {
    /// Gives the text behind `@name`: terms, one a line.
    public typealias ListReader = (_ name: String) throws(Diagnostic) -> String

    /// Where there is nowhere to read a list from.
    public static let noLists: @Sendable (String) throws(Diagnostic) -> String = { name throws(Diagnostic) in
        throw Diagnostic(
            "the host pattern names a file: '@\(name)'", hint: "write the hosts themselves, with commas between them")
    }

    enum Operation { case add, intersect, exclude }

    /// Positions in a group, from 0, both ends included; negative ones count from the end.
    struct Subscript {
        var first: Int
        /// Nil for the end of the group.
        var last: Int?
    }

    struct Operand {
        /// A name, a glob, or `~` and a regular expression.
        var expression: String
        var positions: Subscript?
    }

    struct Term {
        var operation: Operation
        /// One, or those of a list, whose hosts are taken together.
        var operands: [Operand]
    }

    let text: String
    private(set) var terms: [Term] = []

    /// - Throws: where the pattern has no term, a term's subscript is malformed, or a list can't be read.
    init(_ text: String, list: ListReader = Self.noLists) throws(Diagnostic) {
        self.text = text.printable(maximumBytes: 200)
        // A pattern is typed by a person; a longer one is no pattern but a wrong file.
        guard text.utf8.count <= InventoryLimits.maximumLineBytes else {
            throw Diagnostic("the host pattern has more than \(InventoryLimits.maximumLineBytes) bytes")
        }
        terms = try Self.terms(text, list: list)
        guard !terms.isEmpty else {
            throw Diagnostic("the host pattern is empty", hint: "'all' selects every host")
        }
    }

    private static func terms(_ text: String, list: ListReader) throws(Diagnostic) -> [Term] {
        var terms: [Term] = []
        for part in split(text[...], at: ",").flatMap(splitAtColons) {
            let part = part.drop(while: \.isWhitespace)
            let trimmed = part.lastIndex { !$0.isWhitespace }.map { part[...$0] } ?? ""
            if !trimmed.isEmpty { terms += try self.terms(trimmed, list: list) }
        }
        return terms
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

    private static func terms(_ text: Substring, list: ListReader) throws(Diagnostic) -> [Term] {
        let operations: [Character: Operation] = ["&": .intersect, "!": .exclude]
        let operation = text.first.flatMap { operations[$0] }
        let operand = operation == nil ? text : text.dropFirst()
        guard let first = operand.first else {
            throw Diagnostic("nothing follows the '\(text)' in the host pattern", hint: "write, for example, web:!old")
        }
        if first == "@" { return try listed(in: String(operand.dropFirst()), operation: operation, list: list) }
        var single = Operand(expression: String(operand), positions: nil)
        if first != "~" { try single.takeSubscript() }
        return [Term(operation: operation ?? .add, operands: [single])]
    }

    /// The terms of a list; without a sign before the `@` they may have signs of their own.
    private static func listed(
        in name: String, operation: Operation?, list: ListReader
    ) throws(Diagnostic) -> [Term] {
        let text = try list(name)
        let shown = "'@\(name.printable(maximumBytes: 200))'"
        guard text.utf8.count <= InventoryLimits.maximumListBytes else {
            throw Diagnostic("\(shown) has more than \(InventoryLimits.maximumListBytes >> 20) MiB")
        }
        var terms: [Term] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.prefix { $0 != "#" }
            terms += try self.terms(String(line)) { (inner) throws(Diagnostic) in
                throw Diagnostic("\(shown) names another list, '@\(inner.printable(maximumBytes: 200))'")
            }
        }
        // Nothing would select everything.
        guard !terms.isEmpty else { throw Diagnostic("\(shown) lists no host") }
        guard let operation else { return terms }
        guard terms.allSatisfy({ $0.operation == .add }) else {
            throw Diagnostic("\(shown) stands behind a sign, so its lines can't have signs of their own")
        }
        return [Term(operation: operation, operands: terms.flatMap(\.operands))]
    }
}

extension HostPattern.Operand {
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
