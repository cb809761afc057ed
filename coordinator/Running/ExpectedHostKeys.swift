import FleetModel
import Foundation
import HostAccess
import SSHTransport

/// The host keys that somebody vouches for: known_hosts lines (`ssh-keyscan`), or fingerprints (`ssh-keygen -lf`).
struct ExpectedHostKeys {
    private enum Line {
        /// The text of a known_hosts line, which says itself for which hosts it is.
        case knownHost(RecordedHostKeys)
        /// A fingerprint, and the words beside it, among which a host's name may be.
        case fingerprint(String, words: Set<String>)
    }

    private var lines: [Line] = []

    /// - Throws: every line that is neither, with its place.
    init(text: String, file: String) throws(Diagnostics) {
        var problems: [Diagnostic] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let fields = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let first = fields.first, !first.hasPrefix("#") else { continue }
            if let fingerprint = fields.first(where: { $0.hasPrefix("SHA256:") }) {
                // `256 SHA256:… comment (ED25519)`; in a comment such as root@web-1 the name comes last.
                let words = fields.filter { $0 != fingerprint }.flatMap {
                    [$0] + $0.split(separator: "@").map(String.init)
                }
                lines.append(.fingerprint(fingerprint, words: Set(words.map { $0.lowercased() })))
            } else if let keys = RecordedHostKeys(String(line)) {
                lines.append(.knownHost(keys))
            } else {
                problems.append(
                    Diagnostic(
                        "this is neither a known_hosts line nor a SHA256 fingerprint",
                        at: SourceLocation(file: file, line: index + 1, column: 1),
                        hint: "`ssh-keyscan HOST` and `ssh-keygen -lf FILE` print such lines"))
            }
        }
        if lines.isEmpty, problems.isEmpty {
            problems = [Diagnostic("'\(file)' lists no host key", hint: "every host would be refused")]
        }
        if !problems.isEmpty { throw Diagnostics(problems) }
    }

    /// Whether the list vouches for the key as this host's. A fingerprint beside which no name of a host in `names`
    /// stands is good for any of them: it came without a name.
    func vouch(for key: HostKey, of host: HostEndpoint, amongNames names: Set<String>) -> Bool {
        lines.contains { line in
            switch line {
            case .knownHost(let keys): return keys.contain(key, for: host)
            case .fingerprint(let fingerprint, let words):
                guard fingerprint == key.fingerprint else { return false }
                return words.isDisjoint(with: names) || !words.isDisjoint(with: Self.names(of: host))
            }
        }
    }

    /// The kinds of keys that the list has for a host, to ask the host for one of them.
    func types(for host: HostEndpoint) -> Set<String> {
        lines.reduce(into: []) { types, line in
            if case .knownHost(let keys) = line { types.formUnion(keys.types(for: host)) }
        }
    }

    /// What a host may be called beside a fingerprint.
    static func names(of host: HostEndpoint) -> Set<String> {
        let names =
            [host.name.text, host.address, host.knownHostName] + [host.settings.hostKeyAlias].compactMap(\.self)
        return Set(names.map { $0.lowercased() })
    }
}
