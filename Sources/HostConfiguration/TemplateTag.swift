import FleetModel

/// One `{{tag}}` of a template.
struct TemplateTag {
    enum Kind: Hashable {
        case variable, section, invertedSection, end, comment, delimiters
    }

    let kind: Kind
    /// Names with dots between them; one empty name for `{{.}}`.
    let path: [String]
    let location: SourceLocation

    /// As the template spells it.
    var spelling: String { path == [""] ? "." : path.joined(separator: ".") }
}

/// Cuts a template into text and tags (mustache(5)).
struct TemplateScanner {
    enum Token {
        case text(Substring)
        case tag(TemplateTag)
    }

    private let place: TemplatePlace
    private var rest: Substring
    private var (line, column) = (1, 1)
    private var (opening, closing) = ("{{", "}}")

    init(_ text: String, place: TemplatePlace) {
        self.place = place
        rest = text[...]
    }

    /// The next piece, or nil at the end.
    /// - Throws: what is wrong with a tag.
    mutating func next() throws(Diagnostic) -> Token? {
        guard !rest.isEmpty else { return nil }
        guard let start = rest.firstRange(of: opening)?.lowerBound else { return .text(take(until: rest.endIndex)) }
        if start > rest.startIndex { return .text(take(until: start)) }
        return .tag(try tag())
    }

    private mutating func tag() throws(Diagnostic) -> TemplateTag {
        let location = place.location(line: line, column: column)
        skip(opening.unicodeScalars.count)
        let sigil = rest.first
        let isTriple = sigil == "{" && opening == "{{"
        let end = isTriple ? "}" + closing : sigil == "=" ? "=" + closing : closing
        guard let range = rest.firstRange(of: end) else {
            throw Diagnostic(
                "a tag begins with '\(opening)' and does not end", at: location, hint: "end it with '\(end)'")
        }
        let content = take(until: range.lowerBound)
        skip(end.unicodeScalars.count)
        return try tag(String(content), at: location)
    }

    private mutating func tag(_ content: String, at location: SourceLocation) throws(Diagnostic) -> TemplateTag {
        let body = content.dropFirst()
        switch content.first {
        case "!": return TemplateTag(kind: .comment, path: [], location: location)
        case "=":
            try setDelimiters(body, at: location)
            return TemplateTag(kind: .delimiters, path: [], location: location)
        case "#": return TemplateTag(kind: .section, path: try path(body, location), location: location)
        case "^": return TemplateTag(kind: .invertedSection, path: try path(body, location), location: location)
        case "/": return TemplateTag(kind: .end, path: try path(body, location), location: location)
        case "{", "&": return TemplateTag(kind: .variable, path: try path(body, location), location: location)
        case ">", "<", "$":
            throw Diagnostic(
                "partials and inheritance ('{{\(content.prefix(1))…}}') are not supported", at: location,
                hint: "write the text out, or make it a file of its own")
        default: return TemplateTag(kind: .variable, path: try path(content[...], location), location: location)
        }
    }

    private func path(_ text: Substring, _ location: SourceLocation) throws(Diagnostic) -> [String] {
        let spelling = text.filter { !$0.isWhitespace }
        if spelling == "." { return [""] }
        let names = spelling.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let isName = names.allSatisfy { name in !name.isEmpty && name.allSatisfy(Self.isNameCharacter) }
        guard isName, !text.trimmed.contains(where: \.isWhitespace) else {
            throw Diagnostic(
                "'\(String(text.trimmed.prefix(60)).oneLine)' is no variable's name", at: location,
                hint: "names have letters, digits, '_' and '-', with dots between them")
        }
        return names
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "-"
    }

    private mutating func setDelimiters(_ text: Substring, at location: SourceLocation) throws(Diagnostic) {
        let pair = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard pair.count == 2, pair.allSatisfy({ !$0.contains("=") }) else {
            throw Diagnostic("delimiters are set like '{{=<% %>=}}'", at: location)
        }
        (opening, closing) = (pair[0], pair[1])
    }

    private mutating func take(until end: Substring.Index) -> Substring {
        let piece = rest[..<end]
        for scalar in piece.unicodeScalars {
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        rest = rest[end...]
        return piece
    }

    private mutating func skip(_ count: Int) {
        rest = Substring(rest.unicodeScalars.dropFirst(count))
        column += count
    }
}

extension StringProtocol {
    /// Without white space at its ends.
    var trimmed: SubSequence {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? endIndex
        return start < end ? self[start..<end] : self[endIndex..<endIndex]
    }
}

extension String {
    /// Fit for one line of an error.
    var oneLine: String { String(printable().map { $0.isNewline || $0 == "\t" ? " " : $0 }) }
}
