import FleetModel
import Synchronization

/// HAProxy, by its runtime API (management guide, §9.3).
///
/// What is changed so is lost when HAProxy starts anew or reloads, unless it keeps its servers' state in a file
/// (`load-server-state-from-file`): then it does what its configuration says, and the next reading tells.
public final class HAProxyBalancer: Balancer {
    public let name: String
    private let settings: HAProxySettings
    private let members: [TrafficMember]
    private let host: any BalancerHost
    /// Where the members' servers were when they were last read, by member: all of a backend's servers are many to ask
    /// about for one member.
    private let places = Mutex<[String: [HAProxyStatistics.Place]]>([:])

    /// HAProxy takes at most `tune.bufsize` bytes (by default 16 KiB) of commands at once.
    private static let maximumCommandBytes = 4 << 10

    /// - Throws: settings that cannot be HAProxy's, or names of members that cannot be servers'.
    public init(
        name: String, settings: HAProxySettings, members: [TrafficMember], on host: any BalancerHost
    ) throws(TrafficError) {
        try settings.validate()
        for member in members where !HAProxySettings.isName(member.name) {
            throw TrafficError(.misconfigured, "'\(member.name)' cannot be the name of a server in HAProxy")
        }
        self.name = name
        self.settings = settings
        self.members = members
        self.host = host
    }

    public func read() async throws(TrafficError) -> BalancerState { try await snapshot().state(of: members) }

    public func write(_ wanted: BalancerState, over found: BalancerState) async throws(TrafficError) {
        try wanted.route?.validate()
        let commands = try await snapshot().commands(toReach: wanted)
        guard !commands.isEmpty else { return }
        for line in Self.lines(of: commands) {
            let answer = try await host.exchange(line, with: settings.socket).trimmed
            guard answer.isEmpty else { throw Self.refusal(answer) }
        }
        // The state that is compared afterwards has only the first backend's servers; here all are.
        let left = try await snapshot().commands(toReach: wanted)
        guard left.isEmpty else {
            throw TrafficError(.unsettled, "HAProxy took '\(left[0])' and has not done so")
        }
    }

    public func use(of members: Set<String>) async throws(TrafficError) -> MemberUse {
        if places.withLock({ known in members.contains { known[$0] == nil } }) { _ = try await snapshot() }
        let known = places.withLock { $0 }
        var use = MemberUse()
        for member in members.sorted() {
            guard let places = known[member] else {
                throw TrafficError(.misconfigured, "HAProxy has no server '\(member)'")
            }
            let questions = places.map { "show stat \($0.backend) 4 \($0.server) typed" }.joined(separator: ";")
            let answer = try await host.exchange(questions, with: settings.socket)
            let statistics = HAProxyStatistics(answer)
            for place in places {
                guard statistics.name(at: place) == member, let part = statistics.use(at: place) else {
                    // Restarted with other servers, perhaps.
                    self.places.withLock { $0 = [:] }
                    throw .unreadable(answer, of: "HAProxy", to: "show stat")
                }
                use = use + part
            }
        }
        return use
    }

    private func snapshot() async throws(TrafficError) -> HAProxySnapshot {
        var snapshot = HAProxySnapshot(settings: settings, servers: [:], entries: [:])
        for backend in settings.backends {
            let answer = try await host.exchange("show cli level;show servers state \(backend)", with: settings.socket)
            let servers = try Self.requiringAdministrator(answer)
            snapshot.servers[backend] = try HAProxyServer.parse(servers, backend: backend)
        }
        let servers = snapshot.servers.values.flatMap(\.values)
        places.withLock { $0 = Dictionary(grouping: servers, by: \.name).mapValues { $0.map(\.place) } }
        if let map = settings.map {
            let answer = try await host.exchange("show map \(map)", with: settings.socket)
            snapshot.entries = try HAProxyMap.parse(answer, file: map)
        }
        return snapshot
    }

    /// Found out when traffic is read, so before anything is changed anywhere.
    private static func requiringAdministrator(_ answer: String) throws(TrafficError) -> String {
        let lines = answer.drop { $0 == "\n" }
        let level = lines.prefix { $0 != "\n" }
        guard ["admin", "operator", "user"].contains(level) else {
            throw .unreadable(answer, of: "HAProxy", to: "show cli level")
        }
        guard level == "admin" else { throw refusal("Permission denied") }
        return String(lines.dropFirst(level.count))
    }

    private static func refusal(_ answer: String) -> TrafficError {
        let quoted = answer.printable(maximumBytes: BalancerLimits.quotedBytes)
        let isForbidden = answer.contains("Permission denied")
        return TrafficError(
            .refused, "HAProxy answered '\(quoted)'",
            hint: isForbidden ? "the socket needs 'level admin' in HAProxy's configuration" : nil)
    }

    /// As many commands as fit on a line; HAProxy does those of one line without a pause between.
    private static func lines(of commands: [String]) -> [String] {
        commands.reduce(into: []) { lines, command in
            if let last = lines.last, last.utf8.count + command.utf8.count < maximumCommandBytes {
                lines[lines.count - 1] = "\(last);\(command)"
            } else {
                lines.append(command)
            }
        }
    }
}
