import FleetModel
import Synchronization

/// nginx, by a file of its configuration that is ours: written at once, tested, and loaded.
///
/// Open-source nginx tells nobody which servers it thinks well of, so all count as up.
public final class NginxBalancer: Balancer {
    public let name: String
    private let settings: NginxSettings
    private let members: [TrafficMember]
    private let host: any BalancerHost
    private let reloading: Settling
    /// Whether nginx has been seen to load the file that is there. Before, a coordinator may have died in between.
    private let hasLoaded = Mutex(false)

    private static let reloadInterval = Duration.milliseconds(20)
    /// What a member weighs that the file did not have.
    private static let initialWeight = 100

    /// - Parameters:
    ///   - reloadTimeout: how long the last worker from before a reload may go on to take connections. About 0.1 s is
    ///     usual, more where nginx has thousands of lines to read.
    /// - Throws: settings or members that cannot stand in nginx's configuration.
    public init(
        name: String, settings: NginxSettings, members: [TrafficMember], on host: any BalancerHost,
        reloadTimeout: Duration = .seconds(20), clock: any Clock<Duration> = ContinuousClock()
    ) throws(TrafficError) {
        try settings.validate()
        for member in members {
            guard NginxUpstreams.isName(member.name), NginxUpstreams.address(of: member) != nil else {
                let text = "'\(member.name)' at '\(member.address.printable())' cannot be a server in nginx"
                throw TrafficError(.misconfigured, text)
            }
        }
        self.name = name
        self.settings = settings
        self.members = members
        self.host = host
        reloading = Settling(timeout: reloadTimeout, interval: Self.reloadInterval, clock: clock)
    }

    /// What the file holds before anything is shared out: nginx that uses the group starts only with it.
    public var initialText: String {
        let servers = members.compactMap { member in
            NginxUpstreams.address(of: member).map { address in
                NginxUpstreams.Server(
                    name: member.name, address: address, weight: Self.initialWeight, isDrained: false)
            }
        }
        return NginxUpstreams(name: settings.upstream, servers: servers, route: nil).text
    }

    public func read() async throws(TrafficError) -> BalancerState {
        let (upstreams, isWritten) = try await file()
        let names = Set(members.map(\.name))
        let ours = upstreams.servers.filter { names.contains($0.name) }
        let states = ours.map { ($0.name, MemberState(weight: $0.weight, isDrained: $0.isDrained)) }
        let strangers = upstreams.servers.map(\.name).filter { !names.contains($0) }
        var notices: [String] = []
        if !isWritten { notices.append("'\(settings.file)' is written with the first change of traffic") }
        if !strangers.isEmpty {
            notices.append("'\(settings.file)' has servers that are no members: \(strangers.joined(separator: ", "))")
        }
        return BalancerState(
            members: Dictionary(states) { first, _ in first }, route: upstreams.route, notices: notices)
    }

    public func write(_ wanted: BalancerState, over found: BalancerState) async throws(TrafficError) {
        try wanted.route?.validate()
        var (upstreams, isWritten) = try await file()
        let before = upstreams
        upstreams.route = wanted.route
        for index in upstreams.servers.indices {
            guard let state = wanted.members[upstreams.servers[index].name] else { continue }
            upstreams.servers[index].weight = state.weight
            upstreams.servers[index].isDrained = state.isDrained
        }
        guard !isWritten || upstreams != before || !hasLoaded.withLock({ $0 }) else { return }
        try await load(upstreams.text)
    }

    /// What the file says, with each member where and as it is now; who is new takes traffic, unless the person who
    /// gave the file away has marked it as down.
    private func file() async throws(TrafficError) -> (NginxUpstreams, isWritten: Bool) {
        let text = try await host.readFile(settings.file) ?? ""
        let isWritten = !text.trimmed.isEmpty && !text.hasPrefix(NginxUpstreams.handover)
        var upstreams =
            if isWritten {
                try NginxUpstreams(parsing: text, name: settings.upstream, file: settings.file)
            } else {
                NginxUpstreams(name: settings.upstream, servers: [], route: nil)
            }
        let known = upstreams.servers
        let idle = isWritten ? [] : NginxUpstreams.addressesDown(in: text, group: settings.upstream)
        for member in members {
            guard let address = NginxUpstreams.address(of: member) else { continue }
            if let index = known.firstIndex(where: { $0.name == member.name }) {
                upstreams.servers[index].address = address
            } else {
                let weight = idle.contains(address) ? 0 : Self.initialWeight
                upstreams.servers.append(
                    .init(name: member.name, address: address, weight: weight, isDrained: false))
            }
        }
        return (upstreams, isWritten && upstreams.text == text)
    }

    private func load(_ text: String) async throws(TrafficError) {
        let workers = NginxWorkers(host: host, pidFile: settings.pidFile)
        let before = try await workers.running()
        hasLoaded.withLock { $0 = false }
        try await host.replaceFile(settings.file, with: text, test: settings.test, apply: settings.reload)
        guard try await host.readFile(settings.file) == text else {
            throw TrafficError(.unsettled, "'\(settings.file)' is not what was written")
        }
        let stale = TrafficError(
            .unsettled, "nginx goes on with its old configuration after '\(settings.reload)'",
            hint: "nginx's error log says why")
        try await reloading.wait { () async throws(TrafficError) in
            let now = try await workers.running()
            return !now.isEmpty && now.isDisjoint(with: before) ? nil : stale
        }
        hasLoaded.withLock { $0 = true }
    }
}
