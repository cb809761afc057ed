import HostAccess

/// A key that can log in, wherever its private half is.
protocol Signer: Sendable {
    /// The public key in SSH's encoding.
    var publicKey: [UInt8] { get }
    /// How messages name it: a file, or the agent's key.
    var name: String { get }
    /// The signature in SSH's encoding, without the algorithm's name. `hash` is for RSA keys.
    func sign(_ data: [UInt8], hash: RSAHash?) async throws(HostAccessError) -> [UInt8]
}

/// A key from a file; decrypted, and its passphrase asked for, when a server first wants its signature.
struct FileSigner: Signer {
    let path: String
    let publicKey: [UInt8]
    let keyRing: KeyRing

    var name: String { path }

    func sign(_ data: [UInt8], hash: RSAHash?) async throws(HostAccessError) -> [UInt8] {
        let key = try await keyRing.privateKey(path: path)
        do {
            return try key.signature(for: data, hash: hash ?? .sha512)
        } catch {
            throw HostAccessError(.keyUnusable, "the key '\(path)' cannot sign: \(error)")
        }
    }
}

/// A key that an ssh-agent holds.
struct AgentSigner: Signer {
    let publicKey: [UInt8]
    let comment: String
    let agent: SSHAgent

    var name: String { "agent key '\(comment)'" }

    func sign(_ data: [UInt8], hash: RSAHash?) async throws(HostAccessError) -> [UInt8] {
        try await agent.sign(data, with: publicKey, hash: hash)
    }
}

/// Stands for an RSA key offered with SHA-1: a server that wants its signature has told what is wrong.
struct SHA1Refusal: Signer {
    let publicKey: [UInt8]
    let name: String

    func sign(_ data: [UInt8], hash: RSAHash?) async throws(HostAccessError) -> [UInt8] {
        throw HostAccessError(
            .noCommonAlgorithm,
            "the host takes the RSA key \(name) only with SHA-1 signatures (ssh-rsa), which are not secure",
            hint: "use an ECDSA or Ed25519 key: `ssh-keygen -t ecdsa`; or update the host's sshd (OpenSSH 7.2 or newer)"
        )
    }
}
