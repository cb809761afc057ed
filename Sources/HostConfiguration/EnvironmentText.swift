/// The syntax of systemd's `EnvironmentFile=` (systemd.exec(5)), which sh(1) reads the same way.
enum EnvironmentText {
    /// One line, or several where the value has line feeds. Between double quotes a backslash takes the meaning from
    /// `"`, `\`, `` ` `` and `$` only; all else stands for itself.
    static func assignment(_ name: String, _ value: String) -> String {
        if !value.isEmpty, value.utf8.allSatisfy(isPlain) { return "\(name)=\(value)\n" }
        var quoted = ""
        for scalar in value.unicodeScalars {
            if "\"\\`$".unicodeScalars.contains(scalar) { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return "\(name)=\"\(quoted)\"\n"
    }

    /// systemd takes neither zero bytes nor byte order marks, and ignores the whole line.
    static func canHold(_ value: String) -> Bool {
        !value.unicodeScalars.contains { $0 == "\0" || $0 == "\u{FEFF}" }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "_-./:@%+,=".utf8.contains(byte)
        }
    }
}
