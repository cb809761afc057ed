import FleetModel
import RolloutEngine

// What the balancers do, measurements, and the hours of the day.

extension Simulation {
    /// A balancer does what it is told at once; the word of it comes later, or never.
    mutating func shift(to allocation: TrafficAllocation, _ attempt: Int) {
        restartBalancerPerhaps()
        var outcome = TrafficOutcome.succeeded
        for index in balancers.indices {
            let isRefused = random.chance(scenario.balancerFaultRate) || isGone(index)
            if !isRefused {
                tell(index, allocation)
                hasForgotten.remove(index)
            }
            if isRefused || random.chance(scenario.balancerFaultRate / 2) {
                outcome = .failed("balancer \(index + 1) does not answer")
            }
        }
        let news = Event.trafficShifted(attempt: attempt, outcome)
        agenda.add(.news(news, incarnation: incarnation), at: now + Int64(random.number(in: 10...5000)))
    }

    mutating func balance(_ request: Request, _ host: Int) {
        restartBalancerPerhaps()
        var outcome = OperationOutcome.succeeded
        for index in balancers.indices {
            if random.chance(scenario.balancerFaultRate) || isGone(index) {
                outcome = .failed(HostFailure(.traffic, "balancer \(index + 1) does not answer"))
                continue
            }
            var allocation = balancers[index]
            allocation.weights.merge(request.weights) { $1 }
            if request.operation == .drain { allocation.route?.members.removeAll { request.weights[$0] != nil } }
            tell(index, allocation)
        }
        let delay = hosts[host].faults.durations[request.operation] ?? 0
        agenda.add(.reply(host: host, request: request.id, outcome), at: now + delay)
    }

    /// It takes no word any more, and does what it did.
    private func isGone(_ balancer: Int) -> Bool { scenario.balancerEnds[balancer].map { $0 <= now } ?? false }

    /// As the driver does right before a switch: a balancer may have been restarted since the drain. Nil: none gives
    /// the host any requests.
    mutating func drainAgain(_ host: Int) -> String? {
        guard !hosts[host].planned.isIdle, let traffic = scenario.plan.traffic else { return nil }
        let members = traffic.members.filter { $0.host == hosts[host].planned.name }.map(\.name)
        // Elsewhere a host that gets requests is the engine's mistake, and is to be seen.
        for index in hasForgotten.sorted() {
            var allocation = balancers[index]
            for member in members where allocation.weights[member] != nil { allocation.weights[member] = 0 }
            allocation.route?.members.removeAll(where: members.contains)
            guard allocation != balancers[index] else { continue }
            if isGone(index) || random.chance(scenario.balancerFaultRate) {
                return "balancer \(index + 1) does not answer"
            }
            tell(index, allocation)
        }
        return nil
    }

    private mutating func tell(_ balancer: Int, _ allocation: TrafficAllocation, isRestarted: Bool = false) {
        balancers[balancer] = allocation
        if isRestarted { hasForgotten.insert(balancer) }
        note(.balanced(balancer, allocation, isRestarted: isRestarted))
    }

    private mutating func restartBalancerPerhaps() {
        guard random.chance(scenario.balancerFaultRate / 4), let initial = scenario.plan.traffic?.initial else {
            return
        }
        tell(random.number(in: 0...balancers.count - 1), initial, isRestarted: true)
    }

    mutating func verdict(of analysis: AnalysisName) -> AnalysisVerdict {
        if let chosen = scenario.verdicts[analysis] { return chosen }
        guard random.chance(scenario.sicknessRate) else { return .successful }
        return random.pick([
            .failed("too many errors"), .error("no data"), .inconclusive("between the two"),
        ])
    }

    /// Open at first, and after each second edge.
    mutating func tellHours() {
        guard scenario.plan.policy.hasWindow, coordinator == .driving else { return }
        let isOpen = scenario.windowEdges.count { $0 <= now } % 2 == 0
        take(.windowChanged(isOpen: isOpen))
    }
}
