import AgentProtocol
import Foundation
import Testing

/// A daemon of our own with its state, and an install directory whose "service" is a file: `running` says what runs.
final class AgentHost {
    let root: String
    private var daemon: Program?

    init() throws {
        root = NSTemporaryDirectory() + "coord-agent-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try start()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(atPath: root)
    }

    var state: String { root + "/state" }
    var socket: String { root + "/run/agent.sock" }
    var install: String { root + "/app" }

    /// What the daemon wrote to standard error.
    var log: String { root + "/log" }

    func start() throws {
        daemon = try Program(["run", "--state", state, "--socket", socket], errors: log)
        try waitUntil("the daemon listens") { (try? AgentConnection(socket)) != nil }
    }

    /// As a crash would: no clean-up, no last words.
    func kill() {
        daemon?.signal(SIGKILL)
        daemon?.wait()
    }

    /// Ends it with SIGTERM; answers its exit status.
    func terminate() -> Int32 {
        daemon?.signal(SIGTERM)
        return daemon?.wait() ?? -1
    }

    func signal(_ signal: Int32) { daemon?.signal(signal) }

    /// Its exit status, once it has ended.
    func wait() -> Int32 { daemon?.wait() ?? -1 }

    var processIdentifier: Int32 { daemon?.identifier ?? 0 }

    func connect() throws -> AgentConnection {
        let connection = try AgentConnection(socket)
        _ = try connection.hello()
        return connection
    }

    func definition(hooks: [Hook] = [], checks: [HealthCheck] = [], timeout: UInt64 = 10_000) -> ServiceDefinition {
        var definition = ServiceDefinition()
        definition.service = "shop"
        definition.installDirectory = install
        definition.hooks = hooks
        definition.checks = checks
        definition.keepReleases = 2
        definition.intervalMilliseconds = 100
        definition.commandTimeoutMilliseconds = timeout
        definition.control.start = "cat current/version > running && echo started >> starts"
        definition.control.stop = "rm -f running"
        definition.control.status = "test -f running"
        return definition
    }

    func claim(_ rollout: String = "r1", epoch: UInt64 = 1) -> Claim {
        Claim(service: "shop", rollout: rollout, epoch: epoch, holder: "tester@here")
    }

    /// A file below the install directory, or nil.
    func text(_ path: String) -> String? {
        (try? String(contentsOfFile: install + "/" + path, encoding: .utf8))?.trimmingCharacters(in: .newlines)
    }

    var current: String? { try? FileManager.default.destinationOfSymbolicLink(atPath: install + "/current") }
}

/// Waits for a condition, at most ten seconds.
func waitUntil(_ what: String, _ condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: 10)
    while try !condition() {
        try #require(Date() < deadline, "waited too long until \(what)")
        // Between two looks at the condition, in milliseconds.
        poll(nil, 0, 2)
    }
}
