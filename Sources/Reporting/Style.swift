/// How text is coloured on a terminal (ECMA-48 SGR), or not at all (https://no-color.org).
///
/// The colours are of the fixed part of the 256-colour palette, not of the 16 that each terminal draws as it likes:
/// all of them are as far from black as from white, so that they are read on dark and on light.
public enum Style: Sendable {
    case plain, coloured

    /// What a text is to say by its colour.
    public enum Tone: Sendable {
        case normal, good, bad, warning, faint, bold
        /// Not as it was a moment ago.
        case changed
    }

    /// The text in that tone; as it is where there are no colours.
    public func callAsFunction(_ text: String, _ tone: Tone) -> String {
        guard self == .coloured, !text.isEmpty, let code = Self.code(of: tone) else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    /// The text in a colour that tells neighbours apart: the same for the same number.
    public func callAsFunction(_ text: String, hue number: Int) -> String {
        guard self == .coloured, !text.isEmpty else { return text }
        let color = Self.hues[abs(number % Self.hues.count)]
        return "\u{1B}[\(Self.foreground(color))m\(text)\u{1B}[0m"
    }

    static let green: UInt8 = 28
    static let red: UInt8 = 160
    static let orange: UInt8 = 130
    /// Cyan, magenta, blue, green, violet: without the red and the orange of what is wrong.
    static let hues: [UInt8] = [30, 163, 27, green, 99]

    private static func code(of tone: Tone) -> String? {
        switch tone {
        case .normal: nil
        case .good: foreground(green)
        case .bad: foreground(red)
        case .warning: foreground(orange)
        case .faint: "2"
        case .bold: "1"
        case .changed: "7"
        }
    }

    /// ISO 8613-6, as xterm and all after it have it.
    private static func foreground(_ color: UInt8) -> String { "38;5;\(color)" }
}
