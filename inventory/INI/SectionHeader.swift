import FleetModel

/// `[web]`, `[web:vars]` or `[web:children]`.
struct SectionHeader {
    enum Kind: String, CaseIterable { case hosts, vars, children }

    var group: String
    /// Nil where the file names a kind that does not exist; ``problem`` says so.
    var kind: Kind?
    /// Kept beside the group, so that a misspelt kind does not make the group unknown, too.
    var problem: Diagnostic?

    /// Nil where the line is none: it does not begin with `[`, or text follows the `]` directly, as in `[a:c].example`
    /// and `[2001:db8::1]:22`, which are hosts.
    ///
    /// - Throws: where the brackets hold no name of a group.
    init?(_ line: SourceLine) throws(Diagnostic) {
        let bytes = line.bytes
        guard bytes.first == Byte.openBracket else { return nil }
        guard let close = bytes.firstIndex(of: Byte.closeBracket) else {
            throw Diagnostic("the section's '[' is not closed", at: line.location(), hint: "write [group]")
        }
        let rest = bytes[(close + 1)...]
        if let next = rest.first, !Byte.isBlank(next), next != Byte.hash { return nil }
        let content = bytes[(bytes.startIndex + 1)..<close]
        try Self.checkContent(content, in: line)
        if let extra = rest.firstIndex(where: { !Byte.isBlank($0) }), rest[extra] != Byte.hash {
            throw Diagnostic(
                "unexpected text after the section's ']'", at: line.location(ofByteAt: extra),
                hint: "only a comment that begins with '#' may follow; hosts stand on lines of their own")
        }
        let parts = content.split(separator: Byte.colon, maxSplits: 1, omittingEmptySubsequences: false)
        group = String(decoding: parts[0], as: UTF8.self)
        try Self.checkGroupName(group, at: line.location(ofByteAt: content.startIndex))
        kind = .hosts
        if parts.count == 2 { readKind(parts[1], in: line) }
    }

    private mutating func readKind(_ bytes: ArraySlice<UInt8>, in line: SourceLine) {
        let word = String(decoding: bytes, as: UTF8.self)
        kind = Kind(rawValue: word)
        guard kind == nil else { return }
        problem = Diagnostic(
            "unknown kind of section '\(word.printable())'\(didYouMean(word, among: Kind.allCases.map(\.rawValue)))",
            at: line.location(ofByteAt: bytes.startIndex),
            hint: "sections are [group], [group:vars] and [group:children]")
    }

    private static func checkContent(_ content: ArraySlice<UInt8>, in line: SourceLine) throws(Diagnostic) {
        if IPv6Literal.isValid(String(decoding: content, as: UTF8.self)) {
            throw Diagnostic(
                "a host's IPv6 address stands in brackets only before a port", at: line.location(),
                hint: "write it without the brackets")
        }
        if let blank = content.firstIndex(where: Byte.isBlank) {
            throw Diagnostic(
                "white space in the section's name", at: line.location(ofByteAt: blank), hint: "write [group]")
        }
    }

    /// Refuses names that a host pattern could not name, and the empty one.
    static func checkGroupName(_ name: String, at location: SourceLocation) throws(Diagnostic) {
        guard !name.isEmpty else {
            throw Diagnostic("the group has no name", at: location, hint: "write [group]")
        }
        let offset = name.unicodeScalars.enumerated().first { isReserved($0.element, isFirst: $0.offset == 0) }
        guard let offset else { return }
        throw Diagnostic(
            "'\(offset.element.escaped(asASCII: true))' may not stand there in the name of a group",
            at: SourceLocation(file: location.file, line: location.line, column: location.column + offset.offset),
            hint: "letters, digits, '_', '-' and '.' are safe; the others have a meaning in host patterns")
    }

    private static func isReserved(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
        ",*?[]:=\"'#;".unicodeScalars.contains(scalar) || (isFirst && "!&~@-".unicodeScalars.contains(scalar))
            || scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
    }
}
