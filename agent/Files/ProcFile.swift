/// Numbers as proc(5) writes them: `123.45 …`.
enum ProcFile {
    static func wholeNumber(_ line: String) -> UInt64 {
        UInt64(String(decoding: line.utf8.prefix { $0 != UInt8(ascii: ".") }, as: UTF8.self)) ?? 0
    }

    /// The first number times 100; the kernel writes two decimals.
    static func hundredths(_ line: String) -> UInt64 {
        let first = line.utf8.prefix { $0 != UInt8(ascii: " ") }.filter { $0 != UInt8(ascii: ".") }
        return UInt64(String(decoding: first, as: UTF8.self)) ?? 0
    }
}
