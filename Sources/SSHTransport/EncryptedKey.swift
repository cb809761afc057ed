import Crypto
import CryptoExtras

/// A private key that a passphrase protects, in OpenSSH's format. Its public key is readable without.
struct EncryptedKey: Sendable {
    let publicKey: [UInt8]
    private let cipher: Cipher
    private let salt: [UInt8]
    private let rounds: Int
    private let section: [UInt8]

    private enum Cipher: String {
        case aes256CTR = "aes256-ctr"
        case aes192CTR = "aes192-ctr"
        case aes128CTR = "aes128-ctr"
        case aes256CBC = "aes256-cbc"
        case aes192CBC = "aes192-cbc"
        case aes128CBC = "aes128-cbc"

        var keySize: Int {
            switch self {
            case .aes256CTR, .aes256CBC: 32
            case .aes192CTR, .aes192CBC: 24
            case .aes128CTR, .aes128CBC: 16
            }
        }

        var isCounterMode: Bool { rawValue.hasSuffix("ctr") }
    }

    /// One round is about 5 ms; ssh-keygen's default is 16 (24 in newer ones). A file must not keep us busy for
    /// minutes.
    private static let maximumRounds = 4096
    private static let blockSize = 16

    init(
        publicKey: [UInt8], cipher: String, derivation: String, options: [UInt8], section: [UInt8]
    ) throws(KeyFile.Problem) {
        guard let known = Cipher(rawValue: cipher), derivation == "bcrypt" else {
            throw KeyFile.Problem(
                text: "is encrypted with \(cipher) and \(derivation), which is not supported",
                hint: "encrypt it with the default: `ssh-keygen -p -Z aes256-ctr -f FILE`, or use ssh-agent")
        }
        var reader = SSHReader(options)
        guard let salt = reader.string(), !salt.isEmpty, let rounds = reader.uint32(),
            (1...Self.maximumRounds).contains(Int(rounds)), section.count % Self.blockSize == 0, !section.isEmpty
        else { throw KeyFile.damaged }
        self.publicKey = publicKey
        self.cipher = known
        self.salt = salt
        self.rounds = Int(rounds)
        self.section = section
    }

    /// Nil where the passphrase is wrong. Takes about 0.1 s of CPU on purpose (bcrypt).
    func decrypted(passphrase: String) -> PrivateKey? {
        let secret = bcryptKey(
            passphrase: Array(passphrase.utf8), salt: salt, rounds: rounds, length: cipher.keySize + Self.blockSize)
        let key = SymmetricKey(data: secret[..<cipher.keySize])
        let start = Array(secret[cipher.keySize...])
        guard let plain = try? decrypted(key: key, start: start) else { return nil }
        return PrivateKey(openSSHSection: plain)
    }

    private func decrypted(key: SymmetricKey, start: [UInt8]) throws -> [UInt8] {
        if cipher.isCounterMode {
            return Array(try AES._CTR.decrypt(section, using: key, nonce: AES._CTR.Nonce(nonceBytes: start)))
        }
        // OpenSSH pads with 1, 2, 3...: no PKCS#7 padding to take off.
        return Array(try AES._CBC.decrypt(section, using: key, iv: AES._CBC.IV(ivBytes: start), noPadding: true))
    }
}
