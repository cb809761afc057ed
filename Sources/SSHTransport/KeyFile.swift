import Crypto
import FoundationEssentials

/// A private key file: OpenSSH's own format, or an elliptic curve key in PEM.
enum KeyFile: Sendable {
    case clear(PrivateKey)
    case encrypted(EncryptedKey)

    /// Why a file is no key for us, as the end of a sentence that begins with its name.
    struct Problem: Error, Equatable {
        var text: String
        var hint: String?
    }

    var publicKey: [UInt8] {
        switch self {
        case .clear(let key): key.publicKey
        case .encrypted(let key): key.publicKey
        }
    }

    init(_ bytes: [UInt8]) throws(Problem) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let body = Self.body(of: "OPENSSH PRIVATE KEY", in: text) {
            guard let data = Data(base64Encoded: body) else { throw Self.damaged }
            self = try Self.openSSH(Array(data))
        } else if text.contains("BEGIN RSA PRIVATE KEY") {
            throw Self.unsupported("RSA")
        } else if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
            throw Problem(text: "is encrypted in the old PEM format", hint: "convert it: `ssh-keygen -p -f FILE`")
        } else if let key = Self.pem(text) {
            self = .clear(key)
        } else {
            throw Problem(text: "is not a private key file of a known format")
        }
    }

    static let damaged = Problem(text: "is damaged")

    static func unsupported(_ type: String) -> Problem {
        Problem(
            text: "holds a key of type \(type), which is not supported",
            hint: "use an ed25519 key: `ssh-keygen -t ed25519`")
    }

    /// The lines between the markers, joined.
    private static func body(of label: String, in text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline)
        guard let start = lines.firstIndex(of: "-----BEGIN \(label)-----"),
            let end = lines[start...].firstIndex(of: "-----END \(label)-----")
        else { return nil }
        return lines[(start + 1)..<end].joined()
    }

    private static func pem(_ text: String) -> PrivateKey? {
        if let key = try? P256.Signing.PrivateKey(pemRepresentation: text) { return .p256(key) }
        if let key = try? P384.Signing.PrivateKey(pemRepresentation: text) { return .p384(key) }
        if let key = try? P521.Signing.PrivateKey(pemRepresentation: text) { return .p521(key) }
        return nil
    }

    /// The format of OpenSSH's PROTOCOL.key.
    private static func openSSH(_ bytes: [UInt8]) throws(Problem) -> KeyFile {
        var reader = SSHReader(bytes)
        let magic = Array("openssh-key-v1\0".utf8)
        guard reader.take(magic.count) == magic, let cipher = reader.text(), let derivation = reader.text(),
            let options = reader.string(), reader.uint32() == 1, let publicKey = reader.string(),
            let section = reader.string()
        else { throw damaged }
        guard let type = HostKey(blob: publicKey)?.type else { throw damaged }
        guard supportedTypes.contains(type) else { throw unsupported(type) }
        if cipher == "none" {
            guard let key = PrivateKey(openSSHSection: section) else { throw damaged }
            return .clear(key)
        }
        return .encrypted(
            try EncryptedKey(
                publicKey: publicKey, cipher: cipher, derivation: derivation, options: options, section: section))
    }

    private static let supportedTypes: Set = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    ]
}

extension PrivateKey {
    /// Reads the private section of an OpenSSH key file, decrypted. Nil where it is not a key: damaged, or decrypted
    /// with the wrong passphrase, which the two equal numbers at its start tell.
    init?(openSSHSection bytes: [UInt8]) {
        var reader = SSHReader(bytes)
        guard let check = reader.uint32(), check == reader.uint32(), let type = reader.text() else { return nil }
        if type == "ssh-ed25519" {
            // RFC 8032 §5.1.5: the private key is the first half; OpenSSH stores the public key after it.
            guard reader.string() != nil, let pair = reader.string(), pair.count == 64,
                let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: pair[..<32])
            else { return nil }
            self = .ed25519(key)
            return
        }
        guard reader.string() != nil, reader.string() != nil, let number = reader.string() else { return nil }
        switch type {
        case "ecdsa-sha2-nistp256":
            guard let key = try? P256.Signing.PrivateKey(rawRepresentation: Self.fixed(number, 32)) else { return nil }
            self = .p256(key)
        case "ecdsa-sha2-nistp384":
            guard let key = try? P384.Signing.PrivateKey(rawRepresentation: Self.fixed(number, 48)) else { return nil }
            self = .p384(key)
        case "ecdsa-sha2-nistp521":
            guard let key = try? P521.Signing.PrivateKey(rawRepresentation: Self.fixed(number, 66)) else { return nil }
            self = .p521(key)
        default: return nil
        }
    }

    /// An mpint's digits with leading zeros up to the curve's size.
    private static func fixed(_ number: [UInt8], _ size: Int) -> [UInt8] {
        let digits = number.drop { $0 == 0 }
        return [UInt8](repeating: 0, count: max(0, size - digits.count)) + digits
    }
}
