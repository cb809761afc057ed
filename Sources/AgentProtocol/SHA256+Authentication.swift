extension SHA256 {
    /// HMAC (RFC 2104) with SHA-256.
    public static func authenticationCode(of bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        let blockBytes = 64
        var block = key
        if key.count > blockBytes {
            var hash = SHA256()
            hash.update(key)
            block = hash.finalize()
        }
        block += [UInt8](repeating: 0, count: blockBytes - block.count)
        var inner = SHA256()
        inner.update(block.map { $0 ^ 0x36 })
        inner.update(bytes)
        var outer = SHA256()
        outer.update(block.map { $0 ^ 0x5C })
        outer.update(inner.finalize())
        return outer.finalize()
    }
}
