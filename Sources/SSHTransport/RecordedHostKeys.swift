import HostAccess

/// Lines in the format of known_hosts that are not in one of its files: a list to compare with.
public struct RecordedHostKeys: Sendable {
    private let known: KnownHosts

    /// Nil where there is no line among them that names hosts and a key.
    public init?(_ text: String) {
        var known = KnownHosts()
        known.add(text, file: "")
        guard !known.entries.isEmpty else { return nil }
        self.known = known
    }

    /// Whether a line gives this key to the host and none revokes it.
    public func contain(_ key: HostKey, for host: HostEndpoint) -> Bool {
        known.keys(KnownHostName(of: host)).verdict(on: key) == .known
    }

    /// The kinds of keys that the lines give to the host.
    public func types(for host: HostEndpoint) -> Set<String> { known.keys(KnownHostName(of: host)).types }
}

extension HostEndpoint {
    /// The name that the host's key is recorded under: its alias, its address, or `[address]:port`.
    public var knownHostName: String { KnownHostName(of: self).text }
}
