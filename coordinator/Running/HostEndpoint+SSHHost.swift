import FleetModel
import HostAccess
import SSHConfig

extension HostEndpoint {
    /// What ssh would make of the host.
    init(name: HostName, _ host: SSHHost, facts: LocalFacts) {
        self.init(
            name: name, address: host.hostName, port: host.port ?? 22, user: host.user,
            identityFiles: host.identityFiles.map(anchored), settings: SSHSettings(host, facts: facts))
    }

    /// The way to the host, as ssh would write it: `ops@bastion.example.net:22 > deploy@10.0.0.5:22`.
    var route: String {
        (jumps + [self]).map { hop in
            let address = hop.address.contains(":") ? "[\(hop.address)]" : hop.address
            let command = hop.settings.proxyCommand.map { "(\($0)) > " } ?? ""
            return "\(command)\(hop.user)@\(address):\(hop.port)"
        }.joined(separator: " > ")
    }
}

extension SSHSettings {
    fileprivate init(_ host: SSHHost, facts: LocalFacts) {
        self.init()
        identitiesOnly = host.identitiesOnly ?? false
        switch host.identityAgent {
        case nil, .environment: identityAgent = .standard
        case .some(.none): identityAgent = .none
        case .socket(let path): identityAgent = .socket(anchored(path))
        }
        certificateFiles = host.certificateFiles.map(anchored)
        knownHostsFiles = Self.knownHostsFiles(of: host, facts: facts)
        hostKeyAlias = host.hostKeyAlias
        newHostKey = host.hostKeyChecking == .acceptNew ? .recorded : .refused
        // Zero is ssh's word for never, and nil is ours (ssh_config(5), ConnectTimeout; ServerAliveInterval).
        connectTimeout = host.connectTimeout.flatMap { $0 > 0 ? $0 : nil }
        aliveInterval = host.aliveInterval.flatMap { $0 > 0 ? $0 : nil }
        aliveCountMaximum = host.aliveCountMaximum.flatMap { $0 > 0 ? $0 : nil }
        proxyCommand = host.proxyCommand
    }

    /// Nil where the configuration names none.
    private static func knownHostsFiles(of host: SSHHost, facts: LocalFacts) -> [String]? {
        var users = host.userKnownHostsFiles
        // People write /dev/null to have no keys checked; ours always are, against the usual files.
        if host.hostKeyChecking == .off, users == ["/dev/null"] { users = nil }
        guard users != nil || host.globalKnownHostsFiles != nil else { return nil }
        let ofUser = users ?? ["known_hosts", "known_hosts2"].map { "\(facts.home)/.ssh/\($0)" }
        let ofSystem = host.globalKnownHostsFiles ?? ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"]
        return (ofUser + ofSystem).map(anchored)
    }
}

/// From the root on; paths of configurations nearly always are, and a fleet has many.
private func anchored(_ path: String) -> String { path.hasPrefix("/") ? path : absolute(path) }
