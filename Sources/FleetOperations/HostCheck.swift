import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import TimeLimits

/// Looks at one host as a rollout would need it, over one connection. Changes nothing, and needs no agent.
public struct HostCheck: Sendable {
    /// What a spec adds: without one, unit, release and lock are not looked at.
    public struct Service: Sendable {
        /// What the agent is asked about.
        public var definition: ServiceDefinition
        public var installDirectory: String
        /// Nil where the service is not systemd's.
        public var unit: (name: String, isUser: Bool)?

        public init(definition: ServiceDefinition, installDirectory: String, unit: (name: String, isUser: Bool)?) {
            self.definition = definition
            self.installDirectory = installDirectory
            self.unit = unit
        }
    }

    /// For all of one host: a dead one is told after that.
    public static let maximumTime: Duration = .seconds(15)
    /// Connecting and logging in, so that there is time for the rest.
    static let maximumLoginTime: Duration = .seconds(10)
    /// Each of the questions after it.
    static let maximumAnswerTime: Duration = .seconds(8)
    /// Between a host's clock and ours; more than that makes logs hard to compare.
    static let maximumClockOffset: Duration = .seconds(5)
    /// On either file system; below it, most releases would not fit.
    static let minimumFreeBytes: Int64 = 64 << 20
    private static let outputLimit = 16 << 10
    /// The agent's, by its unit's StateDirectory (systemd.exec(5)).
    private static let systemStateDirectory = "/var/lib/coord-agent"

    private let service: Service?
    private let connector: any HostConnector
    private let coordinatorVersion: String
    private let now: @Sendable () -> Double

    /// - Parameter now: our clock, seconds since 1970-01-01 UTC.
    public init(
        _ service: Service?, over connector: any HostConnector, coordinatorVersion: String,
        now: @escaping @Sendable () -> Double
    ) {
        self.service = service
        self.connector = connector
        self.coordinatorVersion = coordinatorVersion
        self.now = now
    }

    /// What there is to say of each host, in the given order; all are asked at once.
    public func findings(
        on endpoints: [HostEndpoint], answered: @escaping @Sendable () -> Void
    ) async -> [HostFindings] {
        await withTaskGroup(of: (Int, HostFindings).self) { group in
            for (place, endpoint) in endpoints.enumerated() {
                group.addTask { (place, await findings(on: endpoint)) }
            }
            var all: [(place: Int, findings: HostFindings)] = []
            for await next in group {
                all.append(next)
                answered()
            }
            return all.sorted { $0.place < $1.place }.map(\.findings)
        }
    }

    /// All that can be found out within ``maximumTime``.
    public func findings(on endpoint: HostEndpoint) async -> HostFindings {
        let examination = HostExamination(HostFindings(host: endpoint.name))
        let isDone = await withTimeLimit(Self.maximumTime) {
            await examine(endpoint, examination)
            return true
        }
        var findings = await examination.findings
        if isDone == nil { findings.fail(.reach, "no answer within \(Self.maximumTime.spoken)") }
        return findings
    }

    private func examine(_ endpoint: HostEndpoint, _ examination: HostExamination) async {
        let clock = ContinuousClock()
        let start = clock.now
        let connection: any HostConnection
        do {
            connection = try await connector.connect(to: endpoint, deadline: Self.maximumLoginTime)
        } catch {
            await examination.note { $0.note(error) }
            return
        }
        await examination.note { findings in
            findings.loginTime = clock.now - start
            findings.passed.formUnion([.reach, .hostKey, .login])
        }
        await checkClock(connection, examination)
        await checkSudo(of: endpoint, connection, examination)
        await checkDiskAndUnit(of: endpoint, connection, examination)
        await checkAgent(of: endpoint, connection, examination)
        await connection.close()
    }
}

// MARK: - One question each

extension HostCheck {
    private func run(_ command: Command, _ connection: any HostConnection) async throws(HostAccessError)
        -> CommandOutcome
    {
        try await connection.run(
            command, input: [], outputLimit: Self.outputLimit, deadline: Self.maximumAnswerTime)
    }

    /// The host read its clock somewhere between our two looks: in the middle, by our best guess.
    private func checkClock(_ connection: any HostConnection, _ examination: HostExamination) async {
        let before = now()
        guard let outcome = try? await run(HostProbe.clock, connection),
            let seconds = HostProbe.seconds(in: outcome.output)
        else { return }
        let offset = Duration.seconds(seconds - (before + now()) / 2)
        await examination.note { findings in
            findings.clockOffset = offset
            guard abs(offset.wholeMilliseconds) > Self.maximumClockOffset.wholeMilliseconds else {
                findings.passed.insert(.clock)
                return
            }
            let direction = offset > .zero ? "ahead of" : "behind"
            let seconds = abs(offset.wholeMilliseconds) / 1000
            findings.fail(
                .clock, "its clock is \(Duration.seconds(seconds).spoken) \(direction) this machine's",
                hint: "let an NTP client such as chrony or systemd-timesyncd keep the time", isWarning: true)
        }
    }

    private func checkSudo(
        of endpoint: HostEndpoint, _ connection: any HostConnection, _ examination: HostExamination
    ) async {
        guard endpoint.user != "root", endpoint.agentScope == .system else {
            await examination.note { $0.passed.insert(.sudo) }
            return
        }
        let outcome: CommandOutcome
        do { outcome = try await run(Command(["true"], asRoot: true), connection) } catch {
            await examination.note { $0.note(error) }
            return
        }
        await examination.note { findings in
            guard !outcome.succeeded else {
                findings.passed.insert(.sudo)
                return
            }
            let said = String(decoding: outcome.errorOutput, as: UTF8.self)
            let error = SudoRefusal.error(said: said, ending: outcome.ending, user: endpoint.user)
            findings.fail(.sudo, error.problem, hint: error.hint)
        }
    }

    private func checkDiskAndUnit(
        of endpoint: HostEndpoint, _ connection: any HostConnection, _ examination: HostExamination
    ) async {
        let question = HostProbe.Question(
            installDirectory: service?.installDirectory ?? "",
            stateDirectory: endpoint.agentScope == .system ? Self.systemStateDirectory : ".",
            unit: service?.unit?.name ?? "", isUserUnit: service?.unit?.isUser ?? false)
        let outcome: CommandOutcome
        do { outcome = try await run(HostProbe.command(question), connection) } catch {
            await examination.note { $0.note(error) }
            return
        }
        await examination.note { findings in
            guard let probe = HostProbe(outcome.output) else {
                findings.fail(
                    .login, "the login shell runs no commands as sh would",
                    hint: "`ssh HOST true` must succeed and print nothing")
                return
            }
            findings.note(probe, question)
        }
    }

    private func checkAgent(
        of endpoint: HostEndpoint, _ connection: any HostConnection, _ examination: HostExamination
    ) async {
        // Sudo's refusal has been told, and would be told again.
        guard await examination.findings.findings.allSatisfy({ $0.aspect != .sudo }) else { return }
        let agent = HostAgent(
            endpoint: endpoint, connector: EstablishedConnection(connection), coordinatorVersion: coordinatorVersion)
        do throws(AgentError) {
            try await agent.connect(deadline: Self.maximumAnswerTime)
            let greeting = try await agent.greeting(deadline: Self.maximumAnswerTime)
            await examination.note { $0.note(greeting, expecting: coordinatorVersion) }
            if let service {
                let report = try await agent.inspect(
                    service.definition, probesHealth: false, deadline: Self.maximumAnswerTime)
                await examination.note { $0.note(report) }
            }
        } catch {
            await examination.note { $0.fail(.agent, error.description, hint: error.hint) }
        }
        await agent.close()
    }
}

/// What has been found so far, also when time is up.
private actor HostExamination {
    private(set) var findings: HostFindings

    init(_ findings: HostFindings) { self.findings = findings }

    func note(_ change: @Sendable (inout HostFindings) -> Void) { change(&findings) }
}

/// The one connection that there is already.
private struct EstablishedConnection: HostConnector {
    private let connection: any HostConnection

    init(_ connection: any HostConnection) { self.connection = connection }

    func connect(to endpoint: HostEndpoint, deadline: Duration) async throws(HostAccessError) -> any HostConnection {
        connection
    }
}
