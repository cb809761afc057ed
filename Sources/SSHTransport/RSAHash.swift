/// The hash under an RSA signature (RFC 8332): SSH's older SHA-1 is refused by servers since OpenSSH 8.8, and by us.
enum RSAHash: String, Sendable {
    case sha512 = "rsa-sha2-512"
    case sha256 = "rsa-sha2-256"

    /// The flag that asks an ssh-agent for it (draft-miller-ssh-agent §3.6.1).
    var agentFlag: UInt32 {
        switch self {
        case .sha512: 4
        case .sha256: 2
        }
    }
}
