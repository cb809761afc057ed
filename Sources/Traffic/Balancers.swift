import FleetModel

/// All balancers of a service, which do the same: every one is changed and read back.
public struct Balancers: Sendable {
    private let balancers: [VerifiedBalancer]
    private let members: Set<String>

    private static let settleInterval = Duration.milliseconds(100)

    /// - Parameters:
    ///   - settleTimeout: how long a balancer may take until it does what is wanted. HAProxy finds a server up after
    ///     `rise` checks, by default 2, that are 2 seconds apart.
    public init(
        _ balancers: [any Balancer], members: [TrafficMember], settleTimeout: Duration = .seconds(30),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        let settling = Settling(timeout: settleTimeout, interval: Self.settleInterval, clock: clock)
        self.balancers = balancers.map { VerifiedBalancer($0, settling: settling) }
        self.members = Set(members.map(\.name))
    }

    /// What each balancer does, by its name; all are asked at once.
    ///
    /// - Throws: who could not be read; the others' states are lost.
    public func states() async throws(TrafficErrors) -> [String: BalancerState] {
        try await onEach { (balancer) async throws(TrafficError) in try await balancer.balancer.read() }
    }

    /// What all balancers do.
    ///
    /// - Throws: who could not be read; else who differs from the first one (by name), and in what.
    public func agreedState() async throws(TrafficErrors) -> BalancerState {
        let states = try await states().sorted { $0.key < $1.key }
        guard let first = states.first else { return BalancerState(members: [:]) }
        var errors: [String: TrafficError] = [:]
        for (name, state) in states.dropFirst() {
            let differences = state.differences(from: first.value)
            guard !differences.isEmpty else { continue }
            let text = differences.map { "\($0) on \(first.key)" }.joined(separator: ", ")
            errors[name] = TrafficError(.misconfigured, text, hint: "make the balancers do the same, then start again")
        }
        guard errors.isEmpty else { throw TrafficErrors(errors) }
        var agreed = first.value
        agreed.notices = states.flatMap { state in state.value.notices.map { "\(state.key): \($0)" } }
        return agreed
    }

    /// Shares the traffic out anew. Who gets a share and had none is up by every balancer's own checks before any
    /// request goes there. Nobody but a person drains those of `unattended` or puts them into maintenance, and there is
    /// no admission to come: one that is to get a share and is kept from it fails the change, before any share moves.
    ///
    /// - Throws: who does not do so by the deadline, and what it does; the others do.
    public func apply(
        _ allocation: TrafficAllocation, unattended: Set<String> = []
    ) async throws(TrafficErrors) {
        try await change(.allocate(allocation), unattended.filter { allocation.weights[$0, default: 0] > 0 })
    }

    /// Gives these members their weights, and leaves each balancer's other members what they have there.
    ///
    /// - Throws: who does not do so by the deadline, and what it does; the others do.
    public func weigh(_ weights: [String: Int]) async throws(TrafficErrors) { try await change(.weigh(weights)) }

    /// Sends no new requests to these members; those they have go on.
    public func drain(_ members: Set<String>) async throws(TrafficErrors) { try await change(.drain(members)) }

    /// Ends the drain of these members, and returns when they are up by every balancer's own checks.
    ///
    /// Who a person has put into maintenance stays there: the state tells.
    public func admit(_ members: Set<String>) async throws(TrafficErrors) { try await change(.admit(members)) }

    /// What all balancers have to do with these members. One that does not answer vouches for nothing.
    public func use(of members: Set<String>) async -> MemberUse {
        let uses = await results(of: { (balancer) async throws(TrafficError) in
            try await balancer.balancer.use(of: members)
        })
        return uses.reduce(MemberUse()) { sum, answer in
            if case .success(let use) = answer.1 { sum + use } else { sum }
        }
    }

    private func change(_ change: TrafficChange, _ open: Set<String> = []) async throws(TrafficErrors) {
        if let stranger = change.members.subtracting(members).min() {
            let error = TrafficError(.misconfigured, "'\(stranger)' is no member of the service")
            throw TrafficErrors(Dictionary(balancers.map { ($0.balancer.name, error) }) { first, _ in first })
        }
        _ = try await onEach { (balancer) async throws(TrafficError) in
            try await balancer.change(change, keepingOpen: open)
        }
    }

    private func onEach<Value: Sendable>(
        _ body: @escaping @Sendable (VerifiedBalancer) async throws(TrafficError) -> Value
    ) async throws(TrafficErrors) -> [String: Value] {
        var (values, errors): ([String: Value], [String: TrafficError]) = ([:], [:])
        for (name, result) in await results(of: body) {
            switch result {
            case .success(let value): values[name] = value
            case .failure(let error): errors[name] = error
            }
        }
        guard errors.isEmpty else { throw TrafficErrors(errors) }
        return values
    }

    private func results<Value: Sendable>(
        of body: @escaping @Sendable (VerifiedBalancer) async throws(TrafficError) -> Value
    ) async -> [(String, Result<Value, TrafficError>)] {
        await withTaskGroup(of: (String, Result<Value, TrafficError>).self) { group in
            for balancer in balancers {
                group.addTask {
                    do throws(TrafficError) {
                        return (balancer.balancer.name, .success(try await body(balancer)))
                    } catch {
                        return (balancer.balancer.name, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}

extension BalancerState {
    /// What this balancer does otherwise than another; not what its checks find, which each sees for itself.
    func differences(from other: BalancerState) -> [String] {
        var differences = Set(members.keys).union(other.members.keys).sorted().compactMap { name -> String? in
            let (mine, theirs) = (members[name].spoken, other.members[name].spoken)
            return mine == theirs ? nil : "\(name) \(mine) here, \(theirs)"
        }
        for (name, address) in addresses.sorted(by: { $0.key < $1.key }) {
            guard let theirs = other.addresses[name], theirs != address else { continue }
            differences.append("\(name) is at \(address) here, at \(theirs)")
        }
        if route != other.route { differences.append("the route is \(route.spoken) here, \(other.route.spoken)") }
        return differences
    }
}

extension MemberState? {
    fileprivate var spoken: String {
        guard let self else { return "is unknown" }
        if self.condition == .maintenance { return "is in maintenance" }
        return "has weight \(self.weight)" + (self.isDrained ? " and is drained" : "")
    }
}
