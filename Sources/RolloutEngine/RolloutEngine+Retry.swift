import FleetModel

extension RolloutEngine {
    /// Tries every host that failed again, from what it has reached: they are hosts of their batch like any other,
    /// under the same promises. A rollout on its way back, or at its end, is past that.
    mutating func retry(at now: RolloutInstant) {
        switch course {
        case .forward, .betweenBatches: break
        default: return
        }
        let names = hosts.filter(\.canBeRetried).map(\.planned.name)
        guard failureReason == nil, !names.isEmpty else { return }
        for name in names { tryAgain(name) }
        if case .forward(let step) = course { course = .forward(step: stepsAhead.min() ?? step) }
        // Nobody drives a suspended rollout: it goes on when it is resumed, right after this.
        if !isSuspended, case .paused = hold { goOn(at: now) } else { restartProgressTimer(at: now) }
    }

    private mutating func tryAgain(_ name: HostName) {
        forgiven.remove(name)
        progress.update(name) { host in
            host.isLeftOut = host.isUnavailable
            if host.phase == .reverted {
                host.isChanged = false
                host.wasRestored = true
            }
            host.attempt += 1
            host.failure = nil
            host.phase = host.isStaged ? .staged : .waiting
        }
        guard let host = progress[name], let batch = host.batch else { return }
        stepsAhead.insert(batch)
        if host.phase == .waiting { perform(.stage, on: name, entering: .staging) }
    }
}
