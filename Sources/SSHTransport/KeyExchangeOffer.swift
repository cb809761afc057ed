import FleetModel
import HostAccess

/// What the server offered in its first key exchange message (SSH_MSG_KEXINIT, RFC 4253 §7.1), which travels in the
/// clear.
///
/// libssh2 says only that the exchange failed; this says which kind of algorithm the two sides do not share.
struct KeyExchangeOffer: Equatable {
    var keyExchange: [String]
    var hostKey: [String]
    var cipher: [String]
    var authentication: [String]

    /// Reads the first bytes a server sent: its banner lines, then the packet. Nil where they do not hold it.
    init?(firstBytes: [UInt8]) {
        guard let packet = Self.packetAfterBanner(firstBytes) else { return nil }
        var reader = SSHReader(packet)
        let cookieLength = 16
        guard reader.uint32() != nil, reader.byte() != nil, reader.byte() == 20, reader.take(cookieLength) != nil,
            let keyExchange = reader.names(), let hostKey = reader.names(), let cipher = reader.names(),
            reader.names() != nil, let authentication = reader.names()
        else { return nil }
        self.keyExchange = keyExchange
        self.hostKey = hostKey
        self.cipher = cipher
        self.authentication = authentication
    }

    private static func packetAfterBanner(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.starts(with: Array("SSH-".utf8)) { return rest }
        }
        return nil
    }

    /// The first kind of algorithm of which the server has none that we offered, as an error; nil where all are shared.
    func disagreement(with offered: EngineOffer) -> HostAccessError? {
        let kinds: [(name: String, keyword: String, ours: [String], theirs: [String])] = [
            ("key exchange", "KexAlgorithms", offered.keyExchange, keyExchange),
            ("host key", "HostKeyAlgorithms", offered.hostKey, hostKey),
            ("cipher", "Ciphers", offered.cipher, cipher),
            ("message authentication", "MACs", offered.authentication, authentication),
        ]
        for kind in kinds where Set(kind.ours).isDisjoint(with: kind.theirs) {
            let theirs = kind.theirs.filter { !Self.markers.contains($0) }.joined(separator: ", ").printable(
                maximumBytes: 512)
            return HostAccessError(
                .noCommonAlgorithm, "no common \(kind.name) algorithm: the host offers only \(theirs)",
                hint: Self.remedy(keyword: kind.keyword, ours: kind.ours, theirs: kind.theirs))
        }
        return nil
    }

    /// Names in the list of key exchanges that say something else (RFC 8308 §2.1; OpenSSH's PROTOCOL, 1.10).
    private static let markers: Set = ["ext-info-s", "kex-strict-s-v00@openssh.com"]

    /// What libssh2 1.11 has and 1.10 has not.
    private static let ofNewerLibrary: Set = [
        "rsa-sha2-512", "rsa-sha2-256", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com",
        "chacha20-poly1305@openssh.com", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com",
    ]

    private static func remedy(keyword: String, ours: [String], theirs: [String]) -> String {
        let change =
            keyword == "HostKeyAlgorithms"
            ? "give the host an ed25519 key (`ssh-keygen -A`, HostKey in its sshd_config)"
            : "add one of \(ours.joined(separator: ", ")) to \(keyword) in the host's sshd_config"
        guard !ofNewerLibrary.isDisjoint(with: theirs) else { return change }
        return "\(change), or run coord with libssh2 1.11 or later (Debian 13 has it)"
    }
}

/// The algorithms that one engine really asks for, by kind.
struct EngineOffer: Equatable {
    var keyExchange: [String] = []
    var hostKey: [String] = []
    var cipher: [String] = []
    var authentication: [String] = []
}
