import AgentProtocol
import FleetModel
import HostAccess

/// Puts the agent on a host and sees it answer. May be repeated: what is right already is left alone.
///
/// Costs two commands on a host that is right already and three, the last over a new connection, on any other.
public struct AgentInstaller: Sendable {
    /// Of each output stream of a command, in bytes; login shells print before our scripts do.
    static let outputLimit = 4 << 20
    /// A service that has just been started may need a moment until its socket is there: how long, and how often to
    /// look.
    static let maximumStartTime: Duration = .seconds(10)
    static let startInterval: Duration = .milliseconds(200)

    private let connector: any HostConnector
    private let package: AgentPackage
    /// Nil means the one of the host's scope.
    private let layout: AgentLayout?
    private let allowsDowngrade: Bool
    private let coordinatorVersion: String
    private let clock: any Clock<Duration>

    /// `allowsDowngrade`: a newer agent is replaced, too.
    public init(
        connector: any HostConnector, package: AgentPackage, layout: AgentLayout? = nil,
        allowsDowngrade: Bool = false, coordinatorVersion: String, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.connector = connector
        self.allowsDowngrade = allowsDowngrade
        self.package = package
        self.layout = layout
        self.coordinatorVersion = coordinatorVersion
        self.clock = clock
    }

    /// Installs or upgrades the agent: root's as root or through sudo, a user's own as that user.
    /// - Throws: ``InstallError``. What is there stays in use until the new binary has been checked and started once.
    public func install(on endpoint: HostEndpoint, deadline: Duration) async throws(InstallError) -> Installation {
        let end = Deadline(in: deadline, on: clock)
        let (change, supervisor) = try await connected(to: endpoint, for: .connect, before: end) {
            (connection) async throws(InstallError) in
            try await converge(on: endpoint, over: connection, before: end)
        }
        if change != .unchanged { try await verify(endpoint, before: end) }
        return Installation(
            change: change, agentVersion: package.version, scope: endpoint.agentScope, supervisor: supervisor)
    }

    private func layout(for endpoint: HostEndpoint) -> AgentLayout { layout ?? AgentLayout(for: endpoint.agentScope) }

    private func converge(
        on endpoint: HostEndpoint, over connection: any HostConnection, before end: Deadline
    ) async throws(InstallError) -> (Installation.Change, Supervisor) {
        let layout = layout(for: endpoint)
        let host = try await probe(endpoint, layout, over: connection, before: end)
        let binary = try binary(for: host, layout)
        var work = work(for: host, binary, layout.scope)
        if work == nil {
            // Right on disk; but what runs may still be an older binary, where an earlier installation was cut short.
            let running = try? await greet(endpoint, over: connection, before: end)
            if running?.agentVersion == package.version { return (.unchanged, host.supervisor) }
            work = InstallScripts.Work(
                supervisor: host.supervisor, scanDirectory: host.scanDirectory, restarts: true)
        }
        if let work { try await perform(work, sending: binary, on: endpoint, over: connection, before: end) }
        guard let found = host.binaryDigest else { return (.installed, host.supervisor) }
        return (found == binary.digest.hex ? .repaired : .upgraded(from: host.version), host.supervisor)
    }

    /// Nil where everything is as it should be.
    private func work(for host: HostProbe, _ binary: AgentBinary, _ scope: AgentScope) -> InstallScripts.Work? {
        let files = package.serviceFiles.files(for: host.supervisor, scope)
        let hasBinary = host.binaryDigest == binary.digest.hex
        let hasService = files.isEmpty || host.serviceDigest == Digest(of: Array(files.joined().utf8)).hex
        if hasBinary, hasService, host.isActive, host.isEnabled { return nil }
        return InstallScripts.Work(
            supervisor: host.supervisor, scanDirectory: host.scanDirectory,
            binaryDigest: hasBinary ? nil : binary.digest.hex, serviceFiles: hasService ? [] : files,
            restarts: !(hasBinary && hasService && host.isActive)
        )
    }
}

// MARK: - The commands

extension AgentInstaller {
    private func probe(
        _ endpoint: HostEndpoint, _ layout: AgentLayout, over connection: any HostConnection, before end: Deadline
    ) async throws(InstallError) -> HostProbe {
        let outcome: CommandOutcome
        do {
            outcome = try await connection.run(
                InstallScripts.probe(layout, asRoot: layout.needsSudo(for: endpoint.user)), input: [],
                outputLimit: Self.outputLimit, deadline: end.remaining
            )
        } catch { throw InstallError(.probe, error) }
        guard let host = HostProbe(outcome.output) else {
            throw InstallError(.probe, unreadable: outcome, layout: layout, user: endpoint.user)
        }
        guard layout.scope == .user || host.isRoot else { throw .notRoot(.probe) }
        return host
    }

    /// The agent for this host, if it can have one at all.
    private func binary(for host: HostProbe, _ layout: AgentLayout) throws(InstallError) -> AgentBinary {
        guard host.kernel == "Linux" else {
            throw InstallError(
                .probe, "the host runs \(host.kernel); the agent needs Linux", hint: "leave this host out with --limit")
        }
        guard let binary = package.binaries.first(where: { $0.architecture.rawValue == host.machine }) else {
            let there = package.binaries.map(\.architecture.rawValue).joined(separator: ", ")
            let isKnown = Architecture(rawValue: host.machine) != nil
            throw InstallError(
                .probe, "there is no agent for \(host.machine); there is one for: \(there)",
                hint: isKnown
                    ? "build coord-agent for \(host.machine) and install it too: --agent FILE"
                    : "agents can be built for \(AgentBinary.known); leave this host out with --limit"
            )
        }
        if let version = host.version, !allowsDowngrade, VersionOrder.isNewer(version, than: package.version) {
            throw InstallError(
                .probe, "the agent on the host, \(version), is newer than this one, \(package.version)",
                hint: "use the newer coord, or replace the agent with --allow-downgrade")
        }
        return binary
    }

    private func perform(
        _ work: InstallScripts.Work, sending binary: AgentBinary, on endpoint: HostEndpoint,
        over connection: any HostConnection, before end: Deadline
    ) async throws(InstallError) {
        let layout = layout(for: endpoint)
        let outcome: CommandOutcome
        do {
            outcome = try await connection.run(
                InstallScripts.install(work, layout: layout, asRoot: layout.needsSudo(for: endpoint.user)),
                input: work.binaryDigest == nil ? [] : binary.content, outputLimit: Self.outputLimit,
                deadline: end.remaining
            )
        } catch { throw InstallError(.transfer, error) }
        guard !outcome.succeeded else { return }
        let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
        let last = lines.last { $0.hasPrefix("coord-step=") }?.dropFirst("coord-step=".count)
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
                hint: "on the host: what holds \(layout(for: endpoint).stateDirectory)/lock?"
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
            to: connection, on: endpoint, layout: layout, coordinatorVersion: coordinatorVersion, clock: clock,
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
