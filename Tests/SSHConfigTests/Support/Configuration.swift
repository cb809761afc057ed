import FleetModel
import Testing

@testable import SSHConfig

/// The user's configuration of a text, and what it makes of hosts.
struct Configuration {
    var source: MemorySource
    var facts = LocalFacts.example

    init(_ text: String, including files: [String: String] = [:]) {
        source = MemorySource(files: ["/home/ann/.ssh/config": text].merging(files) { first, _ in first })
    }

    var finder: SSHRouteFinder { SSHRouteFinder(config: .standard, source: source, facts: facts) }

    func route(to host: String, _ arguments: String = "") throws -> SSHRoute {
        var (finder, options) = (finder, SSHOptions())
        try options.append(arguments: arguments, at: nil)
        return try finder.route(to: host, options: options)
    }

    func host(_ host: String, _ arguments: String = "") throws -> SSHHost { try route(to: host, arguments).host }

    /// What is named for the hosts, as the program prints it.
    func notices(_ hosts: String...) throws -> [String] {
        var finder = finder
        for host in hosts { _ = try finder.route(to: host) }
        return finder.notices.map(\.description)
    }

    /// What is wrong with the configuration for the host, without remedies.
    func problems(_ host: String = "h") -> [String] {
        var finder = finder
        do throws(Diagnostics) {
            _ = try finder.route(to: host)
            return []
        } catch {
            return error.all.map(\.description)
        }
    }
}

extension SSHRoute {
    /// `ops@bastion:22 > ann@web:2222`
    var text: String { (jumps + [host]).map { "\($0.user)@\($0.hostName):\($0.port ?? 22)" }.joined(separator: " > ") }
}
