/// Reads the data types of RFC 4251 §5 from bytes that others wrote: every answer is nil where the bytes do not hold
/// it.
struct SSHReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) { rest = ArraySlice(Array(bytes)) }

    var isAtEnd: Bool { rest.isEmpty }
    var remaining: [UInt8] { Array(rest) }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func uint32() -> UInt32? {
        guard let bytes = take(4) else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func uint64() -> UInt64? {
        guard let bytes = take(8) else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func take(_ count: Int) -> [UInt8]? {
        guard count >= 0, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func string() -> [UInt8]? {
        guard let count = uint32() else { return nil }
        return take(Int(count))
    }

    mutating func text() -> String? { string().map { String(decoding: $0, as: UTF8.self) } }

    /// A name-list (RFC 4251 §5): comma separated.
    mutating func names() -> [String]? { text().map { $0.split(separator: ",").map(String.init) } }
}

/// Writes the data types of RFC 4251 §5.
struct SSHWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func uint32(_ value: UInt32) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func string(_ value: some Collection<UInt8>) {
        uint32(UInt32(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func string(_ value: String) { string(value.utf8) }

    /// A multiple precision integer from an unsigned big-endian number: shortest form, never negative.
    mutating func mpint(_ magnitude: some Sequence<UInt8>) {
        let digits = Array(magnitude.drop { $0 == 0 })
        let needsSignByte = (digits.first ?? 0) >= 0x80
        string(needsSignByte ? [0] + digits : digits)
    }
}
