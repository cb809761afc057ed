/// A POSIX shell's text as words that every login shell hands on unchanged: sshd gives a command to the user's own
/// shell, and csh knows no line feed and no `!` between quotes, fish no backslash.
enum LoginShellText {
    /// Whether an argument between single quotes means the same to sh, csh and fish.
    static func isPortable(_ argument: String) -> Bool { argument.utf8.allSatisfy { !isSpecial($0) } }

    /// Has `sh` read `text` from one word without any of the special bytes: printf(1) writes `\0NNN` as that octal
    /// byte.
    static func wrapping(_ text: String) -> String {
        let encoded = text.utf8.flatMap { byte in
            isSpecial(byte) || byte == UInt8(ascii: "'") ? octal(byte) : [byte]
        }
        return "sh -c 'eval \"$(printf %b \"$0\")\"' '\(String(decoding: encoded, as: UTF8.self))'"
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "\\")
    }

    private static func octal(_ byte: UInt8) -> [UInt8] {
        let digits = [byte >> 6, byte >> 3 & 7, byte & 7].map { UInt8(ascii: "0") + $0 }
        return [UInt8(ascii: "\\"), UInt8(ascii: "0")] + digits
    }
}
