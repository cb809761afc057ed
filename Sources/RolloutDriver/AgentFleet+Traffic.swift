import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import RolloutEngine
import Traffic
import TimeLimits

// What concerns the requests that come to the hosts.

extension AgentFleet {
    /// How often a host is asked for its connections.
    private static let connectionInterval: Duration = .milliseconds(250)

    public func shiftTraffic(to allocation: TrafficAllocation) async throws(Superseded) -> TrafficOutcome {
        let problem = try await change { control throws(TrafficErrors) in try await control.shift(to: allocation) }
        return problem.map(TrafficOutcome.failed) ?? .succeeded
    }

    /// Out of the traffic on every balancer; then the connections it has may end, up to the drain timeout.
    func drain(
        _ host: HostName, _ agent: HostAgent, before end: ContinuousClock.Instant, _ observer: any RolloutObserver
    ) async throws(Superseded) -> OperationOutcome {
        if let failure = try await setAside(host, before: end) { return .failed(failure) }
        await awaitQuiet(agent, .changing, before: end, observer)
        return .succeeded
    }

    func admit(
        _ host: HostName, _ allocation: TrafficAllocation?, before end: ContinuousClock.Instant
    ) async throws(Superseded) -> OperationOutcome {
        guard let allocation else { return .failed(HostFailure(.traffic, "the rollout has no balancers")) }
        let failure = try await change(host, before: end) { control throws(TrafficErrors) in
            try await control.admit(host, allocation)
        }
        return failure.map(OperationOutcome.failed) ?? .succeeded
    }

    /// Right before a switch: no balancer sends what changes on the host anything. One that was restarted since the
    /// drain has forgotten it and has sent requests, which may end, too; so may those of what is idle, which was never
    /// drained and may have served by a step, or a moment before this rollout.
    func setAsideOnceMore(
        _ host: HostName, _ agent: HostAgent, _ observer: any RolloutObserver
    ) async throws(Superseded) -> HostFailure? {
        guard case .success(let control) = traffic, balanced.contains(host) else { return nil }
        let end = ContinuousClock.now + plan.deadline(for: .drain)
        let isAside = await withTimeLimit(end - .now) { (try? await control.isSetAside(host)) ?? false } ?? false
        let failure = isAside ? nil : try await setAside(host, before: end)
        if !isAside, failure == nil, !idle.contains(host) {
            observer.observe(.noted("a balancer had forgotten that it was drained, so it was drained again", on: host))
        }
        if !isAside || idle.contains(host) { await awaitQuiet(agent, .changing, before: end, observer) }
        return failure
    }

    /// What served before is stopped only where no balancer sends it anything any more.
    func takeOver(from host: HostName, _ allocation: TrafficAllocation?) async throws(Superseded) -> HostFailure? {
        guard let allocation, traffic != nil else { return nil }
        return try await change(host, before: .now + plan.deadline(for: .drain)) { control throws(TrafficErrors) in
            try await control.takeOver(from: host, by: allocation)
        }
    }

    /// Sees to it that no balancer sends what changes on the host anything.
    private func setAside(
        _ host: HostName, before end: ContinuousClock.Instant
    ) async throws(Superseded) -> HostFailure? {
        try await change(host, before: end) { control throws(TrafficErrors) in try await control.setAside(host) }
    }

    /// Waits until nobody uses a connection to that side of the host, up to the drain timeout; who still does then is
    /// told. Connections that balancers keep for later requests may end.
    func awaitQuiet(
        _ agent: HostAgent, _ side: TrafficControl.Side, before end: ContinuousClock.Instant,
        _ observer: any RolloutObserver
    ) async {
        guard case .success(let control) = traffic, let timeout = plan.traffic?.drainTimeout else { return }
        let name = agent.endpoint.name
        let members = control.members(of: name, side)
        let patience = min(ContinuousClock.now + timeout, end)
        var count: UInt64?
        while true {
            // In this order: what becomes idle in between is known to be, and nothing becomes in use any more.
            count = await connections(to: Set(members.map(\.port)), of: agent)
            if let open = count { count = await control.use(of: members).inUse(ofEstablished: open) }
            guard count != 0, ContinuousClock.now < patience, !Task.isCancelled else { break }
            try? await Task.sleep(for: Self.connectionInterval)
        }
        switch count {
        case 0: return
        case nil: observer.observe(.noted("its connections could not be counted", on: name))
        case let open?:
            let connections = open == 1 ? "1 connection is" : "\(open) connections are"
            let line = "\(connections) still open after \(timeout.spoken) and will be cut"
            observer.observe(.noted(line, on: name))
        }
    }

    /// Nil where the host does not say.
    private func connections(to ports: Set<UInt16>, of agent: HostAgent) async -> UInt64? {
        var sum: UInt64 = 0
        for port in ports {
            guard let count = try? await agent.connections(to: port, deadline: Self.requestDeadline) else { return nil }
            sum &+= count.established
        }
        return sum
    }

    private func change(
        _ host: HostName, before end: ContinuousClock.Instant,
        _ change: @escaping @Sendable (TrafficControl) async throws(TrafficErrors) -> Void
    ) async throws(Superseded) -> HostFailure? {
        let outcome = await withTimeLimit(end - .now) { [self] () -> Result<String?, Superseded> in
            do throws(Superseded) { return .success(try await self.change(change)) } catch { return .failure(error) }
        }
        guard let outcome else { return HostFailure(.traffic, "the balancers did not do as they were told in time") }
        return try outcome.get().map { HostFailure(.traffic, $0) }
    }

    /// What is wrong with which balancer, in one printable sentence; nil where all do as they were told.
    private func change(
        _ change: (TrafficControl) async throws(TrafficErrors) -> Void
    ) async throws(Superseded) -> String? {
        switch traffic {
        case nil: return "the rollout has no balancers"
        case .failure(let error): return error.description.printable(maximumBytes: 400)
        case .success(let control):
            do throws(TrafficErrors) {
                try await change(control)
                return nil
            } catch {
                try takeover.check()
                return error.description.printable(maximumBytes: 400)
            }
        }
    }
}
