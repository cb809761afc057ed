import HostAccess

/// The name that a host's key is recorded under in known_hosts.
struct KnownHostName: Hashable, Sendable {
    /// In lower case; `[address]:port` where the port is not 22.
    let text: String
    /// As ssh does: a key known for the host's name alone is good for its other ports too. Nil where that is `text`.
    let general: String?

    private init(text: String, general: String?) {
        self.text = text.lowercased()
        self.general = general?.lowercased()
    }

    init(address: String, port: Int) {
        self =
            port == 22
            ? Self(text: address, general: nil) : Self(text: "[\(address)]:\(port)", general: address)
    }

    /// `HostKeyAlias` stands for address and port together (ssh_config(5)).
    init(of endpoint: HostEndpoint) {
        self =
            endpoint.settings.hostKeyAlias.map { Self(text: $0, general: nil) }
            ?? Self(address: endpoint.address, port: endpoint.port)
    }
}
