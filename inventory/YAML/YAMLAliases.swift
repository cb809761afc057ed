/// Hides aliases from the YAML library, which would resolve them while nobody may look how far they grow.
///
/// The `*` of an alias becomes a private character, so that the library sees a plain scalar in its place; where the `*`
/// stood in quotes or a block, it is put back. All places stay the same.
struct YAMLAliases {
    /// What stands in the place of the `*`: from Unicode's private use area, and so in no text that means anything.
    private static let mark: Unicode.Scalar = "\u{E0AA}"

    let text: String
    private let hasMarks: Bool

    /// The text without a byte order mark, its aliases hidden; nil where it has the private character itself.
    init?(hidingAliasesIn text: String) {
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        guard text.utf8.contains(UInt8(ascii: "*")), text.utf8.contains(UInt8(ascii: "&")) else {
            (self.text, hasMarks) = (text, false)
            return
        }
        guard !text.unicodeScalars.contains(Self.mark) else { return nil }
        let anchors = Self.names(behind: "&", in: text)
        var hidden = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            let isAlias = scalar == "*" && anchors.contains(String(rest.prefix(while: Self.isNamePart)))
            hidden.append(isAlias ? Self.mark : scalar)
        }
        (self.text, hasMarks) = (String(hidden), true)
    }

    /// The name of the alias that a plain scalar stands for; nil where it is none.
    func aliasName(in scalar: String) -> String? {
        guard hasMarks, scalar.unicodeScalars.first == Self.mark else { return nil }
        return String(scalar.unicodeScalars.dropFirst())
    }

    /// The scalar as it was written.
    func restored(_ scalar: String) -> String {
        guard hasMarks, scalar.unicodeScalars.contains(Self.mark) else { return scalar }
        return String(String.UnicodeScalarView(scalar.unicodeScalars.map { $0 == Self.mark ? "*" : $0 }))
    }

    private static func names(behind sign: Unicode.Scalar, in text: String) -> Set<String> {
        var names: Set<String> = []
        for part in text.unicodeScalars.split(separator: sign).dropFirst(text.unicodeScalars.first == sign ? 0 : 1) {
            let name = part.prefix(while: isNamePart)
            if !name.isEmpty { names.insert(String(name)) }
        }
        return names
    }

    /// What libyaml takes for a part of an anchor's name.
    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z", "_", "-": true
        default: false
        }
    }
}
