import FleetModel

extension RolloutEngine {
    /// Reads every host and every balancer again: the ending is what they say, not what was asked of them.
    mutating func beginClosing() {
        course = .closing
        for host in hosts where host.phase != .offline { perform(.inspect, on: host.planned.name) }
        if let traffic, traffic.isTouched { shift(to: traffic.wanted, for: .closing) }
        closeIfAnswered()
    }

    mutating func closeIfAnswered() {
        guard progress.total.pending.inspections == 0, !pendingHooks.contains(.onFailure), traffic?.pending == nil
        else { return }
        let ending = Ending(of: self)
        course = .finishing(ending)
        _ = run(.afterRollout)
        // A host that could not be asked what it runs would only keep everybody waiting again.
        for host in hosts where host.observation != nil { perform(.finish, on: host.planned.name) }
        endIfFinished(ending)
    }

    mutating func endIfFinished(_ ending: Ending) {
        guard progress.total.pending.farewells == 0, pendingHooks.isEmpty else { return }
        course = .ended(ending)
        actions.append(.end(ending))
    }
}
