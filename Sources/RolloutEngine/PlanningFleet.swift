import FleetModel

/// What the strategies plan with: the hosts as they were found, and the balancers before them.
struct PlanningFleet {
    /// In inventory order.
    let hosts: [PlannedHost]
    let digest: Digest
    /// How many hosts the capacity promise is about.
    let groupSize: Int
    let traffic: TrafficPlan?

    private let membersByHost: [HostName: [String]]

    init(of request: PlanRequest) {
        hosts = request.hosts
        digest = request.digest
        groupSize = max(request.groupSize, request.hosts.count)
        traffic = request.traffic
        membersByHost = Dictionary(grouping: request.traffic?.members ?? [], by: \.host).mapValues { $0.map(\.name) }
    }

    /// Those of `hosts` that the release has to be brought to.
    func changing(_ hosts: [PlannedHost]) -> [PlannedHost] { hosts.filter { !$0.isAlready(digest) && !$0.isOffline } }

    /// The names under which the balancers know these hosts.
    func members(of hosts: some Sequence<HostName>) -> Set<String> {
        Set(hosts.flatMap { membersByHost[$0] ?? [] })
    }

    /// Behind the balancers, and given requests.
    func takesTraffic(_ host: HostName) -> Bool {
        guard let traffic else { return true }
        return (membersByHost[host] ?? []).contains { traffic.initial.weights[$0, default: 0] > 0 }
    }

    /// The traffic as it was found, these members left out.
    func initial(without members: Set<String>) -> TrafficAllocation? {
        guard let traffic else { return nil }
        let weights = traffic.initial.weights.map { ($0, members.contains($0) ? 0 : $1) }
        return TrafficAllocation(weights: Dictionary(uniqueKeysWithValues: weights), route: traffic.initial.route)
    }

    /// The first host that would have to be drained and that no balancer knows.
    func refuseStrangers(among hosts: [PlannedHost]) throws(PlanRefusal) {
        guard traffic != nil, let stranger = hosts.first(where: { membersByHost[$0.name] == nil }) else { return }
        throw PlanRefusal(
            "\(stranger.name) is not among the balancers' servers, so it can't be taken out of the traffic",
            hint: "add it there, or leave it out with 'hosts'")
    }
}

/// A strategy applied to a fleet: who goes when, and what is promised meanwhile.
struct StrategyCourse {
    /// Every selected host, in the order in which they go.
    var hosts: [PlannedHost]
    var batches: [[HostName]] = []
    var steps: [PlanStep] = []
    var maximumParallel: Int
    var maximumUnavailable: Int
    var domains: [DomainPromise] = []
    var surge = 0
    var retreat: TrafficAllocation?

    /// Adds a batch and the step that changes it; nothing where `hosts` is empty.
    mutating func change(_ hosts: [HostName]) {
        guard !hosts.isEmpty else { return }
        batches.append(hosts)
        steps.append(.change(batch: batches.count - 1))
    }
}
