import Crypto
import CryptoExtras
import FoundationEssentials

extension PrivateKey {
    /// Reads the private section of an OpenSSH key file, decrypted. Nil where it is not a key: damaged, or decrypted
    /// with the wrong passphrase, which the two equal numbers at its start tell.
    init?(openSSHSection bytes: [UInt8]) {
        var reader = SSHReader(bytes)
        guard let check = reader.uint32(), check == reader.uint32(), let type = reader.text() else { return nil }
        let key: PrivateKey? =
            switch type {
            case "ssh-ed25519": Self.ed25519(&reader)
            case "ssh-rsa": Self.rsa(&reader)
            default: Self.ecdsa(type, &reader)
            }
        guard let key else { return nil }
        self = key
    }

    private static func ed25519(_ reader: inout SSHReader) -> PrivateKey? {
        // RFC 8032 §5.1.5: the private key is the first half; OpenSSH stores the public key after it.
        guard reader.string() != nil, let pair = reader.string(), pair.count == 64,
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: pair[..<32])
        else { return nil }
        return .ed25519(key)
    }

    private static func rsa(_ reader: inout SSHReader) -> PrivateKey? {
        guard let n = reader.string(), let e = reader.string(), let d = reader.string(), reader.string() != nil,
            let p = reader.string(), let q = reader.string(), sizeProblem(ofModulus: n) == nil,
            let key = try? _RSA.Signing.PrivateKey(n: n, e: e, d: d, p: p, q: q)
        else { return nil }
        return .rsa(key)
    }

    private static func ecdsa(_ type: String, _ reader: inout SSHReader) -> PrivateKey? {
        guard reader.string() != nil, reader.string() != nil, let number = reader.string() else { return nil }
        switch type {
        case "ecdsa-sha2-nistp256":
            return (try? P256.Signing.PrivateKey(rawRepresentation: fixed(number, 32))).map { .p256($0) }
        case "ecdsa-sha2-nistp384":
            return (try? P384.Signing.PrivateKey(rawRepresentation: fixed(number, 48))).map { .p384($0) }
        case "ecdsa-sha2-nistp521":
            return (try? P521.Signing.PrivateKey(rawRepresentation: fixed(number, 66))).map { .p521($0) }
        default: return nil
        }
    }

    /// An mpint's digits with leading zeros up to the curve's size.
    private static func fixed(_ number: [UInt8], _ size: Int) -> [UInt8] {
        let digits = number.drop { $0 == 0 }
        return [UInt8](repeating: 0, count: max(0, size - digits.count)) + digits
    }

    /// What is wrong with the length of an RSA key, if anything: OpenSSH refuses short ones by default since 9.1, and
    /// the time to sign grows with the cube of the length.
    static func sizeProblem(ofModulus modulus: [UInt8]) -> KeyFile.Problem? {
        let digits = modulus.drop { $0 == 0 }
        let bits = digits.count * 8 - (digits.first?.leadingZeroBitCount ?? 0)
        guard !(2048...8192).contains(bits) else { return nil }
        return KeyFile.Problem(
            text: "holds an RSA key of \(bits) bits; 2048 to 8192 are accepted",
            hint: "make a new key: `ssh-keygen -t ecdsa`")
    }
}
