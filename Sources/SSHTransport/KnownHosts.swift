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
        /// `file:line`
        var place: String
    }

    private(set) var entries: [Entry] = []

    /// Adds a file's lines; those that cannot be understood are skipped, as ssh does.
    mutating func add(_ text: String, file: String) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            if let entry = Self.entry(line, place: "\(file):\(index + 1)") { entries.append(entry) }
        }
    }

    private static func entry(_ line: Substring, place: String) -> Entry? {
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
        return Entry(marker: marker, hosts: hosts, key: key, place: place)
    }

    /// What is known about one host.
    func keys(address: String, port: Int) -> KnownHostKeys {
        let name = Self.lookupName(address: address, port: port)
        let bare = Self.lookupName(address: address, port: 22)
        let own = entries.filter { $0.hosts.matches(name) }
        // As ssh does: a key known for the host's name alone is good for its other ports too.
        let general = name == bare ? [] : entries.filter { $0.hosts.matches(bare) }
        return KnownHostKeys(own: own, general: general)
    }

    /// The name that a host has in these files: `[address]:port` where the port is not 22.
    static func lookupName(address: String, port: Int) -> String {
        let address = address.lowercased()
        return port == 22 ? address : "[\(address)]:\(port)"
    }
}

/// The recorded lines that speak of one host.
struct KnownHostKeys: Sendable {
    /// Lines for exactly this host and port.
    var own: [KnownHosts.Entry]
    /// Lines for the host's name, where the port is not 22.
    var general: [KnownHosts.Entry]

    enum Verdict: Equatable {
        case known
        case revoked(place: String)
        case changed(place: String, knownType: String)
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
        if all.contains(where: { $0.marker == .none && $0.key == key }) { return .known }
        let others = own.filter { $0.marker == .none }
        if let other = others.first(where: { $0.key.type == key.type }) ?? others.first {
            return .changed(place: other.place, knownType: other.key.type)
        }
        return .unknown(authority: all.first { $0.marker == .certificateAuthority }?.place)
    }
}
