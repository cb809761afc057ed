import FleetModel
import FoundationEssentials

/// An OpenSSH certificate for a user's key (OpenSSH's PROTOCOL.certkeys): read, not verified, for that is the
/// server's business.
struct Certificate: Hashable, Sendable {
    /// The whole certificate in SSH's encoding.
    let blob: [UInt8]
    let type: String
    /// The certified key as a plain public key.
    let publicKey: [UInt8]
    let principals: [String]
    /// Seconds since 1970.
    let validAfter: UInt64
    /// Seconds since 1970, exclusive.
    let validBefore: UInt64

    static let typeSuffix = "-cert-v01@openssh.com"
    private static let userCertificate: UInt32 = 1

    /// Nil where the bytes are not a user's certificate of a kind we know.
    init?(blob: [UInt8]) {
        var reader = SSHReader(blob)
        guard let type = reader.text(), type.hasSuffix(Self.typeSuffix), reader.string() != nil,
            let key = Self.key(of: String(type.dropLast(Self.typeSuffix.utf8.count)), &reader),
            reader.uint64() != nil, reader.uint32() == Self.userCertificate, reader.string() != nil,
            let principals = reader.string(), let validAfter = reader.uint64(), let validBefore = reader.uint64()
        else { return nil }
        self.blob = blob
        self.type = type
        publicKey = key
        self.principals = Self.texts(in: principals)
        self.validAfter = validAfter
        self.validBefore = validBefore
    }

    /// The certified key: its fields stand in the certificate as they stand in a plain key.
    private static func key(of type: String, _ reader: inout SSHReader) -> [UInt8]? {
        let fieldCounts = [
            "ssh-ed25519": 1, "ssh-rsa": 2, "ecdsa-sha2-nistp256": 2, "ecdsa-sha2-nistp384": 2,
            "ecdsa-sha2-nistp521": 2,
        ]
        guard let count = fieldCounts[type] else { return nil }
        var key = SSHWriter()
        key.string(type)
        for _ in 0..<count {
            guard let field = reader.string() else { return nil }
            key.string(field)
        }
        return key.bytes
    }

    private static func texts(in bytes: [UInt8]) -> [String] {
        var reader = SSHReader(bytes)
        var texts: [String] = []
        while let text = reader.text() { texts.append(text.printable(maximumBytes: 256)) }
        return texts
    }
}

// MARK: - Whether it can log in

extension Certificate {
    /// libssh2 signs under the name that stands in the certificate, which servers take from ECDSA keys only; from
    /// 1.11 on it knows Ed25519's too.
    private static let usableTypes: Set<String> = {
        let ecdsa = ["nistp256", "nistp384", "nistp521"].map { "ecdsa-sha2-\($0)" + typeSuffix }
        return Set(ecdsa + (Engine.isLibrary(atLeast: 0x010B00) ? ["ssh-ed25519" + typeSuffix] : []))
    }()

    /// Why it cannot be used at all, as the end of a sentence that begins with its name; nil where it can.
    func problem(at now: Date = Date()) -> KeyFile.Problem? {
        guard Self.usableTypes.contains(type) else {
            return KeyFile.Problem(
                text: "is a certificate for a key of type \(type.dropLast(Self.typeSuffix.utf8.count)), "
                    + "which libssh2 \(Engine.libraryVersion) cannot use",
                hint: "have an ECDSA key certified: `ssh-keygen -t ecdsa`; or put the plain key into authorized_keys")
        }
        let seconds = now.timeIntervalSince1970
        if seconds >= Double(validBefore) {
            return KeyFile.Problem(text: "expired on \(Self.text(validBefore))", hint: "have the key certified anew")
        }
        if seconds < Double(validAfter) {
            return KeyFile.Problem(
                text: "is not valid before \(Self.text(validAfter))", hint: "check this machine's clock")
        }
        return nil
    }

    /// What a refusal may come from: a server that has no list of its own wants the user among the principals.
    func doubt(about user: String) -> KeyFile.Problem? {
        guard !principals.isEmpty, !principals.contains(user) else { return nil }
        return KeyFile.Problem(
            text: "is for \(principals.joined(separator: ", ")), not for '\(user)'",
            hint: "log in as one of its principals, or have it issued for '\(user)'")
    }

    private static func text(_ seconds: UInt64) -> String {
        // Up to the year 9999: what lies beyond is as good as for ever.
        Date(timeIntervalSince1970: Double(min(seconds, 253_402_300_799))).formatted(.iso8601)
    }
}
