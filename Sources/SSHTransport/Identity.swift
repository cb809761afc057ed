/// One attempt to log in: a public key or a certificate as a server is shown it, and who signs for it.
struct Identity: Sendable {
    /// Its first string is the algorithm that libssh2 names in the request and in the signature.
    ///
    /// For an RSA key that is not the key's own type but a signature's: libssh2 1.10 asks no server what it knows and
    /// would name SHA-1, and servers read either name.
    let presented: [UInt8]
    /// How messages name it.
    let name: String
    /// Of an RSA key only.
    let hash: RSAHash?
    let signer: any Signer

    /// A plain key.
    init(_ signer: any Signer, hash: RSAHash = .sha512) {
        let isRSA = HostKey(blob: signer.publicKey)?.type == Self.rsaType
        presented = isRSA ? Self.renamed(signer.publicKey, hash.rawValue) : signer.publicKey
        name = signer.name
        self.hash = isRSA ? hash : nil
        self.signer = signer
    }

    /// A certificate for the signer's key.
    init(_ certificate: Certificate, name: String, signer: any Signer) {
        presented = certificate.blob
        self.name = name
        hash = nil
        self.signer = signer
    }

    private init(presented: [UInt8], name: String, signer: any Signer) {
        self.presented = presented
        self.name = name
        hash = nil
        self.signer = signer
    }

    static let rsaType = "ssh-rsa"

    /// The kinds of plain keys that we can log in with.
    static let usableTypes: Set = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", rsaType,
    ]

    /// To be tried when all else has failed: some servers know only the shorter hash; those that know only SHA-1 show
    /// it by accepting the key under its old name, which is then not signed for.
    var fallbacks: [Identity] {
        guard hash == .sha512 else { return [] }
        return [
            Identity(signer, hash: .sha256),
            Identity(
                presented: signer.publicKey, name: name, signer: SHA1Refusal(publicKey: signer.publicKey, name: name)),
        ]
    }

    private static func renamed(_ blob: [UInt8], _ type: String) -> [UInt8] {
        var reader = SSHReader(blob)
        _ = reader.string()
        var writer = SSHWriter()
        writer.string(type)
        return writer.bytes + reader.remaining
    }
}
