import AgentProtocol
import FleetModel
import HostAccess

/// What is installed: one agent for each architecture, all of one version, and the systemd unit that starts it.
public struct AgentPackage: Sendable {
    /// What every one of the binaries answers when it is greeted.
    public let version: String
    /// At most one an architecture.
    public let binaries: [AgentBinary]
    /// The text of the unit file (systemd.unit(5)).
    public let unit: String

    public init(version: String, binaries: [AgentBinary], unit: String) {
        self.version = version
        self.binaries = binaries
        self.unit = unit
    }
}

/// What became of the agent on one host.
public struct Installation: Hashable, Sendable {
    /// What had to be done.
    public enum Change: Hashable, Sendable {
        /// There was none.
        case installed
        /// Another binary was there; nil where it did not tell its version.
        case upgraded(from: String?)
        /// The binary was there; its unit or its service was not as it should be.
        case repaired
        /// Everything was as it should be, and the agent answered.
        case unchanged
    }

    /// What had to be done.
    public var change: Change
    /// What the running agent says of itself.
    public var agentVersion: String

    public init(change: Change, agentVersion: String) {
        self.change = change
        self.agentVersion = agentVersion
    }
}

/// Puts the agent on a host and sees it answer. May be repeated: what is right already is left alone.
///
/// Costs two commands on a host that is right already and three, the last over a new connection, on any other.
public struct AgentInstaller: Sendable {
    /// Of each output stream of a command.
    private static let outputLimit = 16 << 10
    /// A service that has just been started may need a moment until its socket is there: how long, and how often to
    /// look.
    static let maximumStartTime: Duration = .seconds(10)
    static let startInterval: Duration = .milliseconds(200)

    private let connector: any HostConnector
    private let package: AgentPackage
    private let layout: AgentLayout
    private let coordinatorVersion: String
    private let clock: any Clock<Duration>

    public init(
        connector: any HostConnector, package: AgentPackage, layout: AgentLayout = .standard,
        coordinatorVersion: String,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.connector = connector
        self.package = package
        self.layout = layout
        self.coordinatorVersion = coordinatorVersion
        self.clock = clock
    }

    /// Installs or upgrades the agent, as root or through `sudo -n`.
    /// - Throws: ``InstallError``. What is there stays in use until the new binary has been checked and started once.
    public func install(on endpoint: HostEndpoint, deadline: Duration) async throws(InstallError) -> Installation {
        let end = Deadline(in: deadline, on: clock)
        let change = try await connected(to: endpoint, for: .connect, before: end) {
            (connection) async throws(InstallError) in
            try await converge(on: endpoint, over: connection, before: end)
        }
        if change != .unchanged { try await verify(endpoint, before: end) }
        return Installation(change: change, agentVersion: package.version)
    }

    private func converge(
        on endpoint: HostEndpoint, over connection: any HostConnection, before end: Deadline
    ) async throws(InstallError) -> Installation.Change {
        let host = try await probe(connection, before: end)
        let binary = try binary(for: host)
        var work = work(for: host, binary)
        if work == nil {
            // Right on disk; but what runs may still be an older binary, where an earlier installation was cut short.
            let running = try? await greet(endpoint, over: connection, before: end)
            if running?.agentVersion == package.version { return .unchanged }
            work = InstallScripts.Work(restarts: true)
        }
        if let work { try await perform(work, sending: binary, on: host, over: connection, before: end) }
        guard let found = host.binaryDigest else { return .installed }
        return found == binary.digest.hex ? .repaired : .upgraded(from: host.version)
    }

    /// Nil where everything is as it should be.
    private func work(for host: HostProbe, _ binary: AgentBinary) -> InstallScripts.Work? {
        let hasBinary = host.binaryDigest == binary.digest.hex
        let hasUnit = host.unitDigest == Digest(of: Array(package.unit.utf8)).hex
        if hasBinary, hasUnit, host.isActive, host.isEnabled { return nil }
        return InstallScripts.Work(
            binaryDigest: hasBinary ? nil : binary.digest.hex, unit: hasUnit ? nil : package.unit,
            restarts: !(hasBinary && hasUnit && host.isActive)
        )
    }
}

// MARK: - The commands

extension AgentInstaller {
    private func probe(
        _ connection: any HostConnection, before end: Deadline
    ) async throws(InstallError) -> HostProbe {
        let outcome: CommandOutcome
        do {
            outcome = try await connection.run(
                InstallScripts.probe(layout), input: [], outputLimit: Self.outputLimit, deadline: end.remaining
            )
        } catch { throw InstallError(.probe, error) }
        guard let host = HostProbe(outcome.output) else { throw InstallError(.probe, of: outcome, layout: layout) }
        return host
    }

    /// The agent for this host, if it can have one at all.
    private func binary(for host: HostProbe) throws(InstallError) -> AgentBinary {
        guard host.kernel == "Linux" else {
            throw InstallError(.probe, "the host runs \(host.kernel); the agent needs Linux")
        }
        guard let binary = package.binaries.first(where: { $0.architecture.rawValue == host.machine }) else {
            let there = package.binaries.map(\.architecture.rawValue).joined(separator: ", ")
            let isKnown = Architecture(rawValue: host.machine) != nil
            throw InstallError(
                .probe, "there is no agent for \(host.machine); there is one for: \(there)",
                hint: isKnown
                    ? "build coord-agent for \(host.machine) and install it too"
                    : "agents can be built for \(AgentBinary.known); leave this host out with --limit"
            )
        }
        guard host.hasSystemd else {
            throw InstallError(
                .probe, "systemd does not run on this host",
                hint: "the agent is started by systemd; leave this host out with --limit"
            )
        }
        if let refusal = host.sudoRefusal {
            throw InstallError(
                .probe, "sudo refused: \(refusal)",
                hint: "let the user run sudo without a password (NOPASSWD in sudoers(5)), or connect as root"
            )
        }
        return binary
    }

    private func perform(
        _ work: InstallScripts.Work, sending binary: AgentBinary, on host: HostProbe,
        over connection: any HostConnection, before end: Deadline
    ) async throws(InstallError) {
        let outcome: CommandOutcome
        do {
            outcome = try await connection.run(
                InstallScripts.install(work, layout: layout, asRoot: !host.isRoot),
                input: work.binaryDigest == nil ? [] : binary.content, outputLimit: Self.outputLimit,
                deadline: end.remaining
            )
        } catch { throw InstallError(.transfer, error) }
        guard !outcome.succeeded else { return }
        let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
        let last = lines.last { $0.hasPrefix("step=") }?.dropFirst("step=".count)
        throw InstallError(
            last.flatMap { InstallError.Step(rawValue: String($0)) } ?? .transfer, of: outcome, layout: layout)
    }
}

// MARK: - Asking the agent

extension AgentInstaller {
    private func verify(_ endpoint: HostEndpoint, before end: Deadline) async throws(InstallError) {
        let version = try await connected(to: endpoint, for: .verify, before: end) {
            (connection) async throws(InstallError) in
            try await versionStarted(on: endpoint, over: connection, before: end)
        }
        guard version == package.version else {
            throw InstallError(
                .verify, "the agent that answers is version \(version.printable()), not \(package.version)",
                hint: "on the host: systemctl status \(layout.unitName)"
            )
        }
    }

    /// The version of an agent that may still be starting.
    private func versionStarted(
        on endpoint: HostEndpoint, over connection: any HostConnection, before end: Deadline
    ) async throws(InstallError) -> String {
        let limit = Deadline(in: min(Self.maximumStartTime, end.remaining), on: clock)
        while true {
            do {
                return try await greet(endpoint, over: connection, before: end).agentVersion
            } catch {
                guard error == .agentNotRunning, limit.remaining > Self.startInterval else {
                    throw InstallError(.verify, error)
                }
            }
            do { try await clock.sleep(for: Self.startInterval) } catch {
                throw InstallError(.verify, AgentError.cancelled)
            }
        }
    }

    private func greet(
        _ endpoint: HostEndpoint, over connection: any HostConnection, before end: Deadline
    ) async throws(AgentError) -> Greeting {
        let (session, greeting) = try await AgentSession.attach(
            to: connection, as: endpoint.user, layout: layout, coordinatorVersion: coordinatorVersion, clock: clock,
            deadline: min(end.remaining, Self.maximumStartTime)
        )
        await session.close()
        return greeting
    }

    private func connected<Answer: Sendable>(
        to endpoint: HostEndpoint, for step: InstallError.Step, before end: Deadline,
        _ operation: (any HostConnection) async throws(InstallError) -> Answer
    ) async throws(InstallError) -> Answer {
        let connection: any HostConnection
        do {
            connection = try await connector.connect(to: endpoint, deadline: end.remaining)
        } catch { throw InstallError(step, error) }
        do {
            let answer = try await operation(connection)
            await connection.close()
            return answer
        } catch {
            await connection.close()
            throw error
        }
    }
}
