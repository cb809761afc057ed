import AgentProtocol

/// What a request may name: everything here becomes part of a path or of a command's arguments.
enum Names {
    /// `[a-z0-9][a-z0-9._-]*`, at most 63 bytes.
    static func isService(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 63 else { return false }
        return isLowerOrDigit(first)
            && name.utf8.allSatisfy { isLowerOrDigit($0) || $0 == dot || $0 == hyphen || $0 == underscore }
    }

    /// A file name that hides nothing: letters, digits, `.`, `_`, `+`, `~`, `-`, not first a dot or a hyphen. Short
    /// enough for the names that are derived from it (NAME_MAX is 255).
    static func isRelease(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 128, first != dot, first != hyphen else { return false }
        return name.utf8.allSatisfy { byte in
            isLowerOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == dot
                || byte == hyphen || byte == underscore || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "~")
        }
    }

    /// SHA-256 in lower-case hexadecimal.
    static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { isLowerOrDigit($0) && $0 <= UInt8(ascii: "f") }
    }

    /// Absolute, without `.`, `..`, empty components or control characters, and not the root.
    static func isAbsolutePath(_ path: String) -> Bool {
        guard path.utf8.first == slash, path.utf8.count <= 512 else { return false }
        guard path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return false }
        let components = path.utf8.dropFirst().split(separator: slash, omittingEmptySubsequences: false)
        return components.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
    }

    /// A unit's name (systemd.unit(5)), which cannot pass for an option of systemctl.
    static func isUnit(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != hyphen, name.utf8.count <= 255 else { return false }
        return name.utf8.allSatisfy { byte in
            isLowerOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == hyphen
                || byte == dot || byte == underscore || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "@")
                || byte == UInt8(ascii: "\\")
        }
    }

    private static let dot = UInt8(ascii: ".")
    private static let hyphen = UInt8(ascii: "-")
    private static let underscore = UInt8(ascii: "_")
    private static let slash = UInt8(ascii: "/")

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
