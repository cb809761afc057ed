extension String {
    /// For terminals that show ASCII alone: what we draw with has a likeness in it, all else is `?`, as ls(1) has it.
    public var inASCII: String {
        guard !utf8.allSatisfy({ $0 < 0x80 }) else { return self }
        return String(
            map { character in
                // "\r\n" is one character, of two that are ASCII.
                character.utf8.allSatisfy { $0 < 0x80 } ? character : Self.likenesses[character] ?? "?"
            })
    }

    /// As wide as what they stand for.
    private static let likenesses: [Character: Character] = [
        "█": "#", "▒": "=", "·": ".", "…": "~", "●": "*", "├": "|", "└": "`", "│": "|", "─": "-", "’": "'", "‘": "'",
        "“": "\"", "”": "\"", "–": "-", "—": "-", "×": "x",
    ]
}
