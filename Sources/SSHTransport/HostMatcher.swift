import Crypto
import FoundationEssentials

/// The first field of a known_hosts line: which hosts it is about.
enum HostMatcher: Hashable, Sendable {
    /// `|1|salt|hash`: HMAC-SHA1 of the name, keyed with the salt.
    case hashed(salt: [UInt8], hash: [UInt8])
    /// Comma separated; `*` and `?` are wildcards, `!` excludes.
    case patterns([Pattern])

    struct Pattern: Hashable, Sendable {
        var glob: [UInt8]
        var excludes: Bool
    }

    /// Nil where the field is not well formed.
    init?(_ field: Substring) {
        guard field.hasPrefix("|") else {
            self = .patterns(
                field.lowercased().split(separator: ",").map { text in
                    Pattern(
                        glob: Array((text.hasPrefix("!") ? text.dropFirst() : text).utf8), excludes: text.hasPrefix("!")
                    )
                })
            return
        }
        let parts = field.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[1] == "1", let salt = Data(base64Encoded: String(parts[2])),
            let hash = Data(base64Encoded: String(parts[3]))
        else { return nil }
        self = .hashed(salt: Array(salt), hash: Array(hash))
    }

    /// The field that tells a host's name only to those who know it.
    static func hashedField(for name: KnownHostName) -> String {
        // OpenSSH's salt is as long as the hash.
        let salt = (0..<Insecure.SHA1.byteCount).map { _ in UInt8.random(in: .min ... .max) }
        let code = HMAC<Insecure.SHA1>.authenticationCode(for: Array(name.text.utf8), using: SymmetricKey(data: salt))
        return "|1|\(Data(salt).base64EncodedString())|\(Data(code).base64EncodedString())"
    }

    /// Whether the line is about the host; `name` in lower case, as in ``KnownHostName``.
    func matches(_ name: String) -> Bool {
        switch self {
        case .hashed(let salt, let hash):
            let code = HMAC<Insecure.SHA1>.authenticationCode(for: Array(name.utf8), using: SymmetricKey(data: salt))
            return Array(code) == hash
        case .patterns(let patterns):
            let bytes = Array(name.utf8)
            let matching = patterns.filter { Self.glob($0.glob, matches: bytes) }
            return !matching.isEmpty && !matching.contains(where: \.excludes)
        }
    }

    /// Linear in the product of the lengths, however many stars there are: it only ever returns to the last star.
    private static func glob(_ glob: [UInt8], matches name: [UInt8]) -> Bool {
        var (inGlob, inName) = (0, 0)
        var retry: (inGlob: Int, inName: Int)?
        while inName < name.count {
            if inGlob < glob.count, glob[inGlob] == UInt8(ascii: "*") {
                retry = (inGlob + 1, inName)
                inGlob += 1
            } else if inGlob < glob.count, glob[inGlob] == UInt8(ascii: "?") || glob[inGlob] == name[inName] {
                inGlob += 1
                inName += 1
            } else if let last = retry {
                retry = (last.inGlob, last.inName + 1)
                (inGlob, inName) = (last.inGlob, last.inName + 1)
            } else {
                return false
            }
        }
        return glob[inGlob...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
