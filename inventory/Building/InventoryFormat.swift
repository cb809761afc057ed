/// The languages in which inventories are written.
public enum InventoryFormat: Sendable {
    case ini
    /// YAML, or JSON of the same shape.
    case yaml

    /// The format of a file: by its extension, where that says it, else by its first line.
    public init(of text: String, file: String) {
        let name = file.split(separator: "/").last ?? ""
        if [".yml", ".yaml", ".json"].contains(where: name.hasSuffix) {
            self = .yaml
        } else if name.dropFirst().contains(".") {
            self = .ini
        } else {
            self = Self.looksLikeYAML(text) ? .yaml : .ini
        }
    }

    /// `---`, `{`, or a lone `key:` at the beginning; no line of an INI file looks like that.
    private static func looksLikeYAML(_ text: String) -> Bool {
        for line in text.utf8.split(whereSeparator: { $0 == Byte.lineFeed || $0 == Byte.carriageReturn }).lazy {
            let content = line.drop(while: Byte.isBlank)
            guard let first = content.first, first != Byte.hash, first != Byte.semicolon else { continue }
            let word = content.prefix { !Byte.isBlank($0) && $0 != Byte.hash }
            return first == UInt8(ascii: "{") || word.elementsEqual("---".utf8)
                || (first != Byte.openBracket && word.last == Byte.colon)
        }
        return false
    }
}
