import Crypto

/// Makes a key from a passphrase as `bcrypt_pbkdf` of OpenBSD does, which OpenSSH's private key files use.
///
/// PBKDF2 (RFC 8018) with bcrypt as its pseudo-random function, SHA-512 before it, and the output interleaved.
func bcryptKey(passphrase: [UInt8], salt: [UInt8], rounds: Int, length: Int) -> [UInt8] {
    let hashSize = 32
    let hashedPassphrase = Array(SHA512.hash(data: passphrase))
    let blockCount = (length + hashSize - 1) / hashSize
    var key = [UInt8](repeating: 0, count: length)
    for block in 0..<blockCount {
        let counter = withUnsafeBytes(of: UInt32(block + 1).bigEndian) { Array($0) }
        var hash = bcryptHash(hashedPassphrase, Array(SHA512.hash(data: salt + counter)))
        var sum = hash
        for _ in 1..<max(rounds, 1) {
            hash = bcryptHash(hashedPassphrase, Array(SHA512.hash(data: hash)))
            for i in sum.indices { sum[i] ^= hash[i] }
        }
        for (i, position) in stride(from: block, to: length, by: blockCount).enumerated() where i < hashSize {
            key[position] = sum[i]
        }
    }
    return key
}

private func bcryptHash(_ passphrase: [UInt8], _ salt: [UInt8]) -> [UInt8] {
    let turns = 64
    var cipher = Blowfish()
    cipher.expand(key: passphrase, salt: salt)
    for _ in 0..<turns {
        cipher.expand(key: salt)
        cipher.expand(key: passphrase)
    }
    let text = Array("OxychromaticBlowfishSwatDynamite".utf8)
    var words = stride(from: 0, to: text.count, by: 4).map { start in
        text[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for _ in 0..<turns { cipher.encrypt(&words) }
    return words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
}
