/// CRC-32 (ISO 3309, as zlib's): tells a torn record from a whole one. No defence against forgery: who can write the
/// agent's files needs none.
enum Checksum {
    static func of(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = .max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }
}
