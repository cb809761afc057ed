import CLibSSH2

/// The algorithms we ask for, best first; those that the installed libssh2 does not have are left out.
enum Algorithms {
    static let keyExchange = [
        "mlkem768x25519-sha256", "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384", "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
        "diffie-hellman-group-exchange-sha256",
    ]
    static let hostKey = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512",
        "rsa-sha2-256",
    ]
    /// aes128-ctr first: with hmac-sha2-256 it moves the most bytes per second of CPU in libssh2.
    static let cipher = [
        "aes128-ctr", "aes256-ctr", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com",
    ]
    static let authentication = [
        "hmac-sha2-256-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-512",
    ]

    /// Sets what the engine asks for, and says what that is.
    static func offer(hostKeys: [String], on engine: Engine) -> EngineOffer {
        engine.offer(["none"], for: [LIBSSH2_METHOD_COMP_CS, LIBSSH2_METHOD_COMP_SC])
        return EngineOffer(
            keyExchange: engine.offer(keyExchange, for: [LIBSSH2_METHOD_KEX]),
            hostKey: engine.offer(hostKeys, for: [LIBSSH2_METHOD_HOSTKEY]),
            cipher: engine.offer(cipher, for: [LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_CRYPT_SC]),
            authentication: engine.offer(authentication, for: [LIBSSH2_METHOD_MAC_CS, LIBSSH2_METHOD_MAC_SC]))
    }

    /// The algorithms to ask for so that the server presents a key we know: those of the known keys first.
    static func hostKeys(preferring knownTypes: Set<String>) -> [String] {
        let names = knownTypes.contains("ssh-rsa") ? knownTypes.union(["rsa-sha2-512", "rsa-sha2-256"]) : knownTypes
        return hostKey.filter(names.contains) + hostKey.filter { !names.contains($0) }
    }
}
