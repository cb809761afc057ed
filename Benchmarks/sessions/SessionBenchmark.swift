import FleetModel
import Foundation
import HostAccess
import SSHTransport

/// Holds many SSH sessions at once in one process, as a rollout to as many hosts does, and prints what that costs.
///
/// Real ones go to an sshd; the others to peers that stall where dead and sick hosts do: before their greeting, or
/// after it. `Benchmarks/session-scale` starts both and calls this.
@main struct SessionBenchmark {
    private static let usage = """
        usage: SessionBenchmark --directory DIR --port PORT [--bastion-port PORT] --sessions N --stalled N \
        [--hold SECONDS] [--upload MIB]
        """

    static func main() async throws {
        guard let options = Options(CommandLine.arguments.dropFirst()) else {
            FileHandle.standardError.write(Data((usage + "\n").utf8))
            exit(2)
        }
        raiseDescriptorLimit()
        let connector = SSHConnector(configuration: options.configuration)
        if let megabytes = options.uploadMegabytes {
            try await Upload(connector: connector, options: options, megabytes: megabytes).run()
        } else {
            try await SessionHold(connector: connector, options: options).run()
        }
        await connector.shutdown()
    }

    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// The command line.
struct Options {
    var directory = ""
    var port = 0
    var bastionPort: Int?
    var sessions = 200
    var stalled = 800
    var hold = 10
    var uploadMegabytes: Int?

    init?(_ arguments: ArraySlice<String>) {
        var rest = arguments
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { return nil }
            switch (name, Int(value)) {
            case ("--directory", _): directory = value
            case ("--port", let number?): port = number
            case ("--bastion-port", let number?): bastionPort = number
            case ("--sessions", let number?): sessions = number
            case ("--stalled", let number?): stalled = number
            case ("--hold", let number?): hold = number
            case ("--upload", let number?): uploadMegabytes = number
            default: return nil
            }
        }
        guard !directory.isEmpty, port > 0 else { return nil }
    }

    var configuration: SSHConfiguration {
        var configuration = SSHConfiguration()
        configuration.knownHostsFiles = ["\(directory)/known_hosts"]
        configuration.agentSocket = nil
        configuration.defaultIdentityFiles = []
        return configuration
    }

    func endpoint(number: Int, port: Int? = nil) -> HostEndpoint? {
        guard let name = HostName("host-\(number)"), let bastion = HostName("bastion") else { return nil }
        var endpoint = HostEndpoint(
            name: name, address: "127.0.0.1", port: port ?? self.port, user: NSUserName(),
            identityFiles: ["\(directory)/user"])
        if let bastionPort {
            endpoint.jumps = [endpoint]
            endpoint.jumps[0].name = bastion
            endpoint.jumps[0].port = bastionPort
        }
        return endpoint
    }
}
