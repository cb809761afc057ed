import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import RolloutEngine
import Traffic

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
        if let failure = try await takeOut(host, before: end) { return .failed(failure) }
        await awaitQuiet(agent, before: end, observer)
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

    /// Right before a switch: no balancer sends the host anything, where it takes traffic at all. One that was
    /// restarted since the drain has forgotten it and has sent requests, which may end, too.
    func verifyDrain(
        of host: HostName, _ agent: HostAgent, _ observer: any RolloutObserver
    ) async throws(Superseded) -> HostFailure? {
        guard traffic != nil, takesTraffic.contains(host) else { return nil }
        let end = ContinuousClock.now + plan.deadline(for: .drain)
        if case .success(let control) = traffic {
            let isDrained = await withTimeLimit(end - .now) { try? await control.isDrained(host) }
            if isDrained == true { return nil }
        }
        if let failure = try await takeOut(host, before: end) { return failure }
        observer.observe(.noted("a balancer had forgotten that it was drained, so it was drained again", on: host))
        await awaitQuiet(agent, before: end, observer)
        return nil
    }

    private func takeOut(
        _ host: HostName, before end: ContinuousClock.Instant
    ) async throws(Superseded) -> HostFailure? {
        try await change(host, before: end) { control throws(TrafficErrors) in try await control.drain(host) }
    }

    /// Waits until nobody is connected to the host's members, up to the drain timeout; who still is then is told.
    func awaitQuiet(
        _ agent: HostAgent, before end: ContinuousClock.Instant, _ observer: any RolloutObserver
    ) async {
        guard case .success(let control) = traffic, let timeout = plan.traffic?.drainTimeout else { return }
        let name = agent.endpoint.name
        let ports = Set(control.members(of: name).map(\.port))
        let patience = min(ContinuousClock.now + timeout, end)
        var count: UInt64?
        while true {
            count = await connections(to: ports, of: agent)
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
