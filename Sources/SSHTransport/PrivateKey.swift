import Crypto
import CryptoExtras

/// A user's private key, ready to sign.
enum PrivateKey: Sendable {
    case ed25519(Curve25519.Signing.PrivateKey)
    case p256(P256.Signing.PrivateKey)
    case p384(P384.Signing.PrivateKey)
    case p521(P521.Signing.PrivateKey)
    case rsa(_RSA.Signing.PrivateKey)

    /// The public key in SSH's encoding (RFC 8709 §4, RFC 5656 §3.1, RFC 4253 §6.6).
    var publicKey: [UInt8] {
        var blob = SSHWriter()
        switch self {
        case .ed25519(let key):
            blob.string("ssh-ed25519")
            blob.string(Array(key.publicKey.rawRepresentation))
        case .p256(let key): Self.write("nistp256", point: Array(key.publicKey.x963Representation), to: &blob)
        case .p384(let key): Self.write("nistp384", point: Array(key.publicKey.x963Representation), to: &blob)
        case .p521(let key): Self.write("nistp521", point: Array(key.publicKey.x963Representation), to: &blob)
        case .rsa(let key):
            // Only a key without numbers could fail, and such a key is not read.
            guard let numbers = try? key.publicKey.getKeyPrimitives() else { return [] }
            blob.string(Identity.rsaType)
            blob.mpint(numbers.publicExponent)
            blob.mpint(numbers.modulus)
        }
        return blob.bytes
    }

    private static func write(_ curve: String, point: [UInt8], to blob: inout SSHWriter) {
        blob.string("ecdsa-sha2-\(curve)")
        blob.string(curve)
        blob.string(point)
    }

    /// The signature in SSH's encoding without the algorithm's name (RFC 8709 §6, RFC 5656 §3.1.2, RFC 8332 §3).
    func signature(for data: [UInt8], hash: RSAHash) throws -> [UInt8] {
        switch self {
        case .ed25519(let key): Array(try key.signature(for: data))
        case .p256(let key): Self.encoded(Array(try key.signature(for: data).rawRepresentation))
        case .p384(let key): Self.encoded(Array(try key.signature(for: data).rawRepresentation))
        case .p521(let key): Self.encoded(Array(try key.signature(for: data).rawRepresentation))
        case .rsa(let key):
            switch hash {
            case .sha512:
                Array(try key.signature(for: SHA512.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation)
            case .sha256:
                Array(try key.signature(for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation)
            }
        }
    }

    /// An ECDSA signature's two numbers, each half of the raw bytes, as two mpints.
    private static func encoded(_ raw: [UInt8]) -> [UInt8] {
        var signature = SSHWriter()
        signature.mpint(raw[..<(raw.count / 2)])
        signature.mpint(raw[(raw.count / 2)...])
        return signature.bytes
    }
}
