import AgentProtocol
import Foundation
import HostAccess

@testable import AgentClient

/// A host in a directory: commands run in this machine's own `sh`, with programs of the test's before those on the
/// path; `attach` is answered in this process, as what the fake `systemctl` says is running would.
final class LocalHost: HostConnector, HostConnection {
    let directory: URL
    let commands = Log<String>()
    /// Runs its first argument.
    let loginShell: String

    init(uid: Int = 0, loginShell: String = #"eval "$1""#) throws {
        self.loginShell = loginShell
        directory = FileManager.default.temporaryDirectory.appending(path: "agent-installer-\(UUID().uuidString)")
        for name in ["bin", "systemd", "state"] {
            try FileManager.default.createDirectory(at: url(name), withIntermediateDirectories: true)
        }
        try program("id", "echo ${UID_BY_SUDO:-\(uid)}")
        try program("systemctl", Self.systemctl(state: url("state").path))
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }

    var layout: AgentLayout {
        var layout = AgentLayout(
            scope: .system, binaryPath: url("local/bin/coord-agent").path,
            unitPath: url("units/coord-agent.service").path, unitName: "coord-agent.service",
            stateDirectory: url("var/lib/coord-agent").path, runtimeDirectory: url("run/coord-agent").path,
            runitDirectory: url("sv/coord-agent").path, logDirectory: url("log/coord-agent").path
        )
        layout.systemdDirectory = url("systemd").path
        return layout
    }

    func url(_ path: String) -> URL { directory.appending(path: path) }

    func content(_ path: String) -> String? { try? String(contentsOf: url(path), encoding: .utf8) }

    /// What `systemctl restart` will start.
    func setNextVersion(_ version: String) throws { try Data(version.utf8).write(to: url("state/next")) }

    func program(_ name: String, _ script: String) throws { try executable("bin/\(name)", "#!/bin/sh\n\(script)\n") }

    func executable(_ path: String, _ text: String) throws {
        let file = url(path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    private static func systemctl(state: String) -> String {
        """
        cd '\(state)'
        echo "$*" >>log
        case $1 in
            is-active) if [ -e running ]; then echo active; else echo inactive; exit 3; fi ;;
            is-enabled) if [ -e enabled ]; then echo enabled; else echo disabled; exit 1; fi ;;
            enable) touch enabled ;;
            restart) cp next running ;;
            status) echo "it is ill" ;;
        esac
        """
    }

    // MARK: HostConnector, HostConnection

    func connect(to endpoint: HostEndpoint, deadline: Duration) async throws(HostAccessError) -> any HostConnection {
        commands.append("connect")
        return self
    }

    func close() async {}

    func open(_ command: Command, deadline: Duration) async throws(HostAccessError) -> any HostStream {
        commands.append(command.arguments.dropFirst().first ?? "")
        var agent = ScriptedAgent(greeting: nil) { _, _, stream in await stream.exit(.exited(69)) }
        if let version = content("state/running") {
            agent.greeting = Greeting(version: 1, agentVersion: version, machineID: "m-1", bootID: "b-1")
        }
        return ScriptedStream(agent)
    }

    func run(
        _ command: Command, input: [UInt8], outputLimit: Int, deadline: Duration
    ) async throws(HostAccessError) -> CommandOutcome {
        commands.append(command.arguments.count > 3 ? command.arguments[3] : "")
        do {
            return try await outcome(of: command, input: input)
        } catch { throw HostAccessError(.channelRefused, "\(error)") }
    }

    /// Through files, so that neither side waits for the other.
    private func outcome(of command: Command, input: [UInt8]) async throws -> CommandOutcome {
        let files = ["in", "out", "err"].map { url("state/\($0)-\(UUID().uuidString)") }
        try Data(input).write(to: files[0])
        for file in files.dropFirst() { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        // As sshd gives it to the login shell.
        process.arguments = ["-c", loginShell, "sh", command.shellText]
        process.environment = ["PATH": "\(url("bin").path):/usr/bin:/bin"]
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return CommandOutcome(
            ending: process.terminationReason == .exit
                ? .exited(process.terminationStatus) : .signalled("\(process.terminationStatus)"),
            output: Array(try Data(contentsOf: files[1])), errorOutput: Array(try Data(contentsOf: files[2]))
        )
    }
}
