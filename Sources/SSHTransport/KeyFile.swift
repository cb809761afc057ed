import Crypto
import CryptoExtras
import FoundationEssentials

/// A key file: a private key in OpenSSH's own format or in PEM, or a public key, whose private half an agent holds.
enum KeyFile: Sendable {
    case clear(PrivateKey)
    case encrypted(EncryptedKey)
    case publicOnly([UInt8])

    /// Why a file is no key for us, as the end of a sentence that begins with its name.
    struct Problem: Error, Equatable {
        var text: String
        var hint: String?
    }

    var publicKey: [UInt8] {
        switch self {
        case .clear(let key): key.publicKey
        case .encrypted(let key): key.publicKey
        case .publicOnly(let blob): blob
        }
    }

    init(_ bytes: [UInt8]) throws(Problem) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let body = Self.body(of: "OPENSSH PRIVATE KEY", in: text) {
            guard let data = Data(base64Encoded: body) else { throw Self.damaged }
            self = try Self.openSSH(Array(data))
        } else if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
            throw Problem(text: "is encrypted in the old PEM format", hint: "convert it: `ssh-keygen -p -f FILE`")
        } else if let key = Self.pem(text) {
            if let problem = Self.rsaProblem(key.publicKey) { throw problem }
            self = .clear(key)
        } else if text.contains("BEGIN RSA PRIVATE KEY") {
            throw Problem(
                text: "holds an RSA key that is damaged or shorter than 2048 bits",
                hint: "make a new key: `ssh-keygen -t ecdsa`")
        } else if let blob = Self.publicKeyLine(text) {
            self = .publicOnly(blob)
        } else {
            throw Self.unknownFormat(text)
        }
    }

    static let damaged = Problem(
        text: "is damaged", hint: "take a copy of it, or make a new key: `ssh-keygen -t ed25519`")

    private static func unknownFormat(_ text: String) -> Problem {
        if text.hasPrefix("PuTTY-User-Key-File-") {
            return Problem(
                text: "is in PuTTY's format",
                hint: "convert it: `puttygen FILE -O private-openssh -o NEW`, and name the new file")
        }
        if text.contains("BEGIN DSA PRIVATE KEY") { return unsupported("ssh-dss") }
        return Problem(
            text: "is not a private key file of a known format",
            hint: "a private key begins with a line such as -----BEGIN OPENSSH PRIVATE KEY-----")
    }

    static func unsupported(_ type: String) -> Problem {
        Problem(
            text: type.hasPrefix("sk-")
                ? "is a FIDO key (\(type)), whose signatures libssh2 cannot pass on"
                : "holds a key of type \(type), which is not supported",
            hint: "use an ed25519 key: `ssh-keygen -t ed25519`")
    }

    /// The key of a line `type base64 comment`, as public keys and certificates are kept.
    static func publicKeyLine(_ text: String) -> [UInt8]? {
        let fields = text.split(maxSplits: 2, omittingEmptySubsequences: true, whereSeparator: \.isWhitespace)
        guard fields.count >= 2, let data = Data(base64Encoded: String(fields[1])),
            let key = HostKey(blob: Array(data)), key.type == fields[0]
        else { return nil }
        return key.blob
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
        if let key = try? _RSA.Signing.PrivateKey(pemRepresentation: text) { return .rsa(key) }
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
        guard Identity.usableTypes.contains(type) else { throw unsupported(type) }
        if let problem = rsaProblem(publicKey) { throw problem }
        if cipher == "none" {
            guard let key = PrivateKey(openSSHSection: section) else { throw damaged }
            return .clear(key)
        }
        return .encrypted(
            try EncryptedKey(
                publicKey: publicKey, cipher: cipher, derivation: derivation, options: options, section: section))
    }

    private static func rsaProblem(_ publicKey: [UInt8]) -> Problem? {
        var reader = SSHReader(publicKey)
        guard reader.text() == Identity.rsaType, reader.string() != nil else { return nil }
        guard let modulus = reader.string() else { return damaged }
        return PrivateKey.sizeProblem(ofModulus: modulus)
    }
}
