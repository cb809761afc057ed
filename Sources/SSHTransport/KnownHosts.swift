import Crypto
import FoundationEssentials

/// The host keys that people have recorded, from files in the format of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
struct KnownHosts: Sendable {
    /// One line of a file.
    struct Entry: Hashable, Sendable {
        enum Marker: Hashable, Sendable { case none, revoked, certificateAuthority }

        var marker: Marker
        var hosts: HostMatcher
        var key: HostKey
        var file: String
        /// Counts from 1.
        var line: Int

        var place: String { "\(file):\(line)" }

        /// What makes the file forget a host.
        func removal(of name: KnownHostName) -> String { "ssh-keygen -f '\(file)' -R '\(name.text)'" }
    }

    private(set) var entries: [Entry] = []

    /// Adds a file's lines; those that cannot be understood are skipped, as ssh does.
    mutating func add(_ text: String, file: String) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            if let entry = Self.entry(line, file: file, number: index + 1) { entries.append(entry) }
        }
    }

    private static func entry(_ line: Substring, file: String, number: Int) -> Entry? {
        var fields = line.split { $0 == " " || $0 == "\t" }[...]
        guard let first = fields.first, !first.hasPrefix("#") else { return nil }
        var marker = Entry.Marker.none
        if first.hasPrefix("@") {
            switch first {
            case "@revoked": marker = .revoked
            case "@cert-authority": marker = .certificateAuthority
            default: return nil
            }
            fields = fields.dropFirst()
        }
        guard fields.count >= 3, let hosts = HostMatcher(fields[fields.startIndex]),
            let blob = Data(base64Encoded: String(fields[fields.startIndex + 2])), let key = HostKey(blob: Array(blob)),
            key.type == fields[fields.startIndex + 1]
        else { return nil }
        return Entry(marker: marker, hosts: hosts, key: key, file: file, line: number)
    }

    /// What is known about one host.
    func keys(_ name: KnownHostName) -> KnownHostKeys {
        KnownHostKeys(
            own: entries.filter { $0.hosts.matches(name.text) },
            general: name.general.map { general in entries.filter { $0.hosts.matches(general) } } ?? [])
    }
}

/// The recorded lines that speak of one host.
struct KnownHostKeys: Sendable {
    /// Lines for exactly this host and port.
    var own: [KnownHosts.Entry]
    /// Lines for the host's name, where the port is not 22.
    var general: [KnownHosts.Entry]

    static func += (keys: inout KnownHostKeys, more: KnownHostKeys) {
        keys.own += more.own
        keys.general += more.general
    }

    enum Verdict: Equatable {
        case known
        case revoked(place: String)
        /// This line records another key.
        case changed(KnownHosts.Entry)
        /// `authority`: where a line says to accept keys certified by an authority.
        case unknown(authority: String?)
    }

    /// The kinds of keys that would be accepted.
    var types: Set<String> {
        let accepted = own.filter { $0.marker == .none }
        return Set((accepted.isEmpty ? general.filter { $0.marker == .none } : accepted).map(\.key.type))
    }

    func verdict(on key: HostKey) -> Verdict {
        let all = own + general
        if let line = all.first(where: { $0.marker == .revoked && $0.key == key }) {
            return .revoked(place: line.place)
        }
        let recorded = own.filter { $0.marker == .none }
        if recorded.contains(where: { $0.key == key }) { return .known }
        if let other = recorded.first(where: { $0.key.type == key.type }) ?? recorded.first {
            return .changed(other)
        }
        // As with ssh, these speak only where nothing is recorded for the port itself: another sshd of the same host
        // has another key, and whoever holds that one must not pass for this.
        if general.contains(where: { $0.marker == .none && $0.key == key }) { return .known }
        return .unknown(authority: all.first { $0.marker == .certificateAuthority }?.place)
    }
}
