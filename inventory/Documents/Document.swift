import FleetModel

/// Reads a text that Ansible takes for JSON if it can and for YAML if not.
enum Document {
    /// Nil where there is nothing but white space and comments.
    static func root(of text: String, file: String) throws(Diagnostics) -> DocumentNode? {
        guard
            let first = text.utf8.first(where: { !Byte.isBlank($0) && $0 != Byte.lineFeed && $0 != Byte.carriageReturn }
            )
        else { return nil }
        if first == UInt8(ascii: "{") || first == Byte.openBracket {
            if let root = try? JSONReader.root(of: text, file: file) { return root }
        }
        return try YAMLReader.root(of: text, file: file)
    }

    /// Whether ansible-vault has encrypted the whole text.
    static func isEncrypted(_ text: String) -> Bool { text.hasPrefix("$ANSIBLE_VAULT;") }
}
