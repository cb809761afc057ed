/// How text is coloured on a terminal (ECMA-48 SGR), or not at all (https://no-color.org).
public enum Style: Sendable {
    case plain, coloured

    enum Tone: Sendable {
        case normal, good, bad, warning, faint, bold
    }

    func callAsFunction(_ text: String, _ tone: Tone) -> String {
        guard self == .coloured, !text.isEmpty, let code = Self.code(of: tone) else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    private static func code(of tone: Tone) -> Int? {
        switch tone {
        case .normal: nil
        case .good: 32
        case .bad: 31
        case .warning: 33
        case .faint: 2
        case .bold: 1
        }
    }
}
