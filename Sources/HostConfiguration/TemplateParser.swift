import FleetModel

/// Puts a template's pieces together: sections hold what stands in them, and tags that stand alone leave no line.
struct TemplateParser {
    /// A section that has not ended yet, and what stands in it so far.
    private struct Level {
        let tag: TemplateTag?
        var parts: [Template.Part] = []
    }

    private(set) var names: Set<String> = []
    /// The template itself first.
    private var levels = [Level(tag: nil)]

    var parts: [Template.Part] { levels[0].parts }

    mutating func parse(_ scanner: TemplateScanner) throws(Diagnostic) {
        for token in try Self.withoutStandaloneLines(Self.tokens(scanner)) {
            switch token {
            case .text(let text): append(.text(String(text)))
            case .tag(let tag): try add(tag)
            }
        }
        if let tag = levels.last?.tag {
            throw Diagnostic(
                "section '\(tag.spelling)' does not end", at: tag.location, hint: "end it with '{{/\(tag.spelling)}}'")
        }
    }

    private mutating func append(_ part: Template.Part) { levels[levels.count - 1].parts.append(part) }

    private static func tokens(_ scanner: TemplateScanner) throws(Diagnostic) -> [TemplateScanner.Token] {
        var scanner = scanner
        var tokens: [TemplateScanner.Token] = []
        var tags = 0
        while let token = try scanner.next() {
            if case .tag(let tag) = token {
                tags += 1
                guard tags <= Template.maximumTags else {
                    throw Diagnostic("the template has more than \(Template.maximumTags) tags", at: tag.location)
                }
            }
            tokens.append(token)
        }
        return tokens
    }

    private mutating func add(_ tag: TemplateTag) throws(Diagnostic) {
        if let name = tag.path.first, !name.isEmpty, tag.kind != .end { names.insert(name) }
        switch tag.kind {
        case .comment, .delimiters: break
        case .variable: append(.variable(TemplateReference(tag)))
        case .section, .invertedSection:
            guard levels.count <= Template.maximumDepth else {
                throw Diagnostic("more than \(Template.maximumDepth) sections within each other", at: tag.location)
            }
            levels.append(Level(tag: tag))
        case .end: try close(tag)
        }
    }

    private mutating func close(_ tag: TemplateTag) throws(Diagnostic) {
        guard let section = levels.last, let begin = section.tag else {
            throw Diagnostic("'{{/\(tag.spelling)}}' ends a section that has not begun", at: tag.location)
        }
        guard begin.path == tag.path else {
            throw Diagnostic(
                "'{{/\(tag.spelling)}}' stands where '\(begin.spelling)' of line \(begin.location.line) has to end",
                at: tag.location, hint: "end it with '{{/\(begin.spelling)}}'")
        }
        levels.removeLast()
        append(.section(TemplateReference(begin), isInverted: begin.kind == .invertedSection, section.parts))
    }
}

// MARK: - Standalone lines

extension TemplateParser {
    /// A tag other than a variable that is alone on its line, but for blanks, takes the whole line away (mustache(5)).
    private static func withoutStandaloneLines(_ tokens: [TemplateScanner.Token]) -> [TemplateScanner.Token] {
        var result = tokens
        for index in tokens.indices {
            guard case .tag(let tag) = tokens[index], tag.kind != .variable else { continue }
            let before = index == 0 ? "" : text(of: tokens[index - 1])
            let after = index + 1 == tokens.count ? "" : text(of: tokens[index + 1])
            guard let before, let after, isBlankBack(before, isStart: index <= 1),
                isBlankAhead(after, isEnd: index + 2 >= tokens.count)
            else { continue }
            if index > 0, let text = text(of: result[index - 1]) { result[index - 1] = .text(withoutLastLine(text)) }
            if index + 1 < tokens.count { result[index + 1] = .text(withoutFirstLine(after)) }
        }
        return result
    }

    private static func text(of token: TemplateScanner.Token) -> Substring? {
        if case .text(let text) = token { text } else { nil }
    }

    /// From the line's beginning to the tag there are only blanks.
    private static func isBlankBack(_ text: Substring, isStart: Bool) -> Bool {
        let blanks = text.unicodeScalars.reversed().prefix { $0 == " " || $0 == "\t" }
        return blanks.count == text.unicodeScalars.count
            ? isStart : endsLine(text.unicodeScalars.dropLast(blanks.count))
    }

    private static func endsLine(_ text: Substring.UnicodeScalarView) -> Bool { text.last == "\n" }

    /// From the tag to the line's end there are only blanks.
    private static func isBlankAhead(_ text: Substring, isEnd: Bool) -> Bool {
        let rest = text.unicodeScalars.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
        return rest.isEmpty ? isEnd : rest.first == "\n"
    }

    private static func withoutLastLine(_ text: Substring) -> Substring {
        let scalars = text.unicodeScalars
        let end = scalars.lastIndex { $0 != " " && $0 != "\t" }.map { scalars.index(after: $0) } ?? scalars.startIndex
        return Substring(scalars[..<end])
    }

    private static func withoutFirstLine(_ text: Substring) -> Substring {
        let scalars = text.unicodeScalars
        return Substring(scalars.drop { $0 != "\n" }.dropFirst())
    }
}
