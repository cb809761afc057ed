/// How text is coloured on a terminal (ECMA-48 SGR), or not at all (https://no-color.org).
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
        // ECMA-48 foreground colours that are read on dark and on light, without the red of what is wrong.
        let codes = [36, 35, 34, 32, 33]
        return "\u{1B}[\(codes[abs(number % codes.count)])m\(text)\u{1B}[0m"
    }

    private static func code(of tone: Tone) -> Int? {
        switch tone {
        case .normal: nil
        case .good: 32
        case .bad: 31
        case .warning: 33
        case .faint: 2
        case .bold: 1
        case .changed: 7
        }
    }
}
