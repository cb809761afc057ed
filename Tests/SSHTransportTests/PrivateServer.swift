import FleetModel
import Foundation
import Glibc
import HostAccess
import SSHTransport
import Testing

/// A real sshd of our own on a loopback port, with its own keys, for the length of one test.
final class PrivateServer: Sendable {
    let directory: String
    let port: Int
    let user: String
    private let process: pid_t

    /// What the tests cannot do without.
    static let sshd = "/usr/sbin/sshd"

    static func with<Result>(
        options: [String] = [], hostKeyTypes: [String] = ["ed25519"],
        _ body: (PrivateServer) async throws -> Result
    ) async throws -> Result {
        let server = try await PrivateServer(options: options, hostKeyTypes: hostKeyTypes)
        defer { server.stop() }
        return try await body(server)
    }

    private init(options: [String], hostKeyTypes: [String]) async throws {
        let directory = try TemporaryDirectory.make()
        self.directory = directory
        user = NSUserName()
        port = try Loopback.freePort()
        for type in hostKeyTypes { try Self.makeKey("\(directory)/host_\(type)", type: type) }
        try Self.makeKey("\(directory)/user", type: "ed25519")
        try FileManager.default.copyItem(atPath: "\(directory)/user.pub", toPath: "\(directory)/authorized_keys")
        // sshd as root insists on its privilege separation directory.
        if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
        // sshd takes the first value of each keyword.
        let lines =
            options + [
                "Port \(port)", "ListenAddress 127.0.0.1", "AuthorizedKeysFile \(directory)/authorized_keys",
                "StrictModes no", "UsePAM no", "PidFile none", "PermitRootLogin yes", "PasswordAuthentication no",
                "KbdInteractiveAuthentication no", "LogLevel ERROR",
                // bash reads ~/.bashrc in ssh sessions of the first shell level, which takes long on some machines.
                "SetEnv SHLVL=2",
            ] + hostKeyTypes.map { "HostKey \(directory)/host_\($0)" }
        try lines.joined(separator: "\n").write(toFile: "\(directory)/sshd_config", atomically: false, encoding: .utf8)
        process = try Spawn.start([Self.sshd, "-D", "-E", "\(directory)/log", "-f", "\(directory)/sshd_config"])
        try await Loopback.waitForListener(port: port)
        try recordHostKeys()
    }

    private func stop() {
        Spawn.kill(process)
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Kills the processes that serve connections, and not the one that listens.
    func killSessions() throws {
        let children = try String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
        for child in children.split(separator: " ").compactMap({ pid_t($0) }) { kill(child, SIGKILL) }
    }

    /// The lines of its log that contain a text.
    func logLines(containing text: String) throws -> Int {
        try String(contentsOfFile: "\(directory)/log", encoding: .utf8)
            .split(separator: "\n").count { $0.contains(text) }
    }

    static func makeKey(_ path: String, type: String, passphrase: String = "", options: [String] = []) throws {
        try Spawn.run(["/usr/bin/ssh-keygen", "-q", "-t", type, "-f", path, "-N", passphrase, "-C", "test"] + options)
    }

    func authorize(_ publicKeyFile: String) throws {
        let key = try String(contentsOfFile: publicKeyFile, encoding: .utf8)
        let file = "\(directory)/authorized_keys"
        try (String(contentsOfFile: file, encoding: .utf8) + key).write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// Records all host keys of this server in its known_hosts file.
    private func recordHostKeys() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: directory)
        let lines = try files.filter { $0.hasPrefix("host_") && $0.hasSuffix(".pub") }.map { file in
            "[127.0.0.1]:\(port) " + (try String(contentsOfFile: "\(directory)/\(file)", encoding: .utf8))
        }
        try lines.joined().write(toFile: knownHosts, atomically: true, encoding: .utf8)
    }

    var knownHosts: String { "\(directory)/known_hosts" }

    /// Only this server's files: nothing of the user's.
    var configuration: SSHConfiguration {
        var configuration = SSHConfiguration()
        configuration.knownHostsFiles = [knownHosts]
        configuration.agentSocket = nil
        configuration.defaultIdentityFiles = []
        return configuration
    }

    func endpoint(user: String? = nil, port: Int? = nil, keys: [String]? = nil) throws -> HostEndpoint {
        HostEndpoint(
            name: try #require(HostName("test")), address: "127.0.0.1", port: port ?? self.port,
            user: user ?? self.user,
            identityFiles: keys ?? ["\(directory)/user"])
    }

    /// A connector that is shut down after the body.
    func withConnector<Result>(
        _ change: (inout SSHConfiguration) -> Void = { _ in }, _ body: (SSHConnector) async throws -> Result
    ) async throws -> Result {
        var configuration = configuration
        change(&configuration)
        let connector = SSHConnector(configuration: configuration)
        do {
            let result = try await body(connector)
            await connector.shutdown()
            return result
        } catch {
            await connector.shutdown()
            throw error
        }
    }

    /// A connection with the server's own user key.
    func withConnection<Result>(_ body: (any HostConnection) async throws -> Result) async throws -> Result {
        try await withConnector { connector in
            try await body(try await connector.connect(to: try endpoint(), deadline: .seconds(20)))
        }
    }
}
