import FleetModel

/// Text in terminal columns: what hosts say and what people call them may be wide, and may hold anything printable.
extension String {
    /// The terminal columns it takes; colour codes take none.
    public var columnCount: Int {
        var isCode = false
        return reduce(into: 0) { columns, character in
            if character == "\u{1B}" { isCode = true }
            if !isCode { columns += character.columnCount }
            if character == "m" { isCode = false }
        }
    }

    /// With spaces behind it, up to so many columns.
    public func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - columnCount)) }

    /// Cut to so many columns, its last one then `…`; colours are closed.
    public func clipped(to width: Int) -> String {
        guard columnCount > width else { return self }
        var result = ""
        var columns = 0
        var isCode = false
        var isFull = false
        for character in self {
            if character == "\u{1B}" { isCode = true }
            if isCode {
                result.append(character)
                if character == "m" { isCode = false }
            } else if !isFull {
                columns += character.columnCount
                isFull = columns >= width
                result.append(isFull ? "…" : character)
            }
        }
        return result
    }

    /// On one line, whatever it was: white space becomes single spaces, what moves a cursor is gone.
    public var onOneLine: String { printable().split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    /// The last lines, each on one line but with its indentation.
    func lastLines(_ count: Int) -> [String] {
        printable().split(whereSeparator: \.isNewline).suffix(count).map { String($0).replacing("\t", with: "    ") }
    }
}

extension Character {
    /// Terminals disagree about some emoji; one column too many only clips a line early, one too few would wrap it.
    fileprivate var columnCount: Int { unicodeScalars.contains(where: \.isWide) ? 2 : 1 }
}

extension Unicode.Scalar {
    /// East Asian Width W and F (Unicode Standard Annex #11), in blocks, and what asks to be drawn as an emoji.
    fileprivate var isWide: Bool {
        switch value {
        case ..<0x1100: false
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE0F, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF,
            0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD:
            true
        default: properties.isEmojiPresentation
        }
    }
}
