import FleetModel

extension RolloutEngine {
    /// Tries every host that failed again, from what it has reached: they are hosts of their batch like any other,
    /// under the same promises. A rollout on its way back, or at its end, is past that.
    mutating func retry() {
        guard isGoingForward, failureReason == nil else { return rejection = "it is past that" }
        let names = hosts.filter(\.canBeRetried).map(\.planned.name)
        guard !names.isEmpty else { return retryStep() }
        for name in names { tryAgain(name) }
        returnToEarlierStep()
        // Nobody drives a suspended rollout: it goes on when it is resumed, right after this.
        if isSuspended { return }
        if case .paused = hold { goOn() } else { restartProgressTimer() }
    }

    /// No host has failed, but perhaps what is between them.
    private mutating func retryStep() {
        if case .inconclusive(let name, _) = gate {
            gate = nil
            if hold == nil { isWaiting = false }
            measure(name)
        } else if stepState.problem != nil {
            (stepState.problem, stepState.hasBegun) = (nil, false)
            if case .paused = hold, !isSuspended { goOn() }
        } else {
            rejection = "no host has failed"
        }
    }

    private mutating func tryAgain(_ name: HostName) {
        forgiven.remove(name)
        let wasLeftOut = progress[name]?.isUnavailable ?? false
        beginAttempt(on: name)
        progress.update(name) { $0.isLeftOut = wasLeftOut }
        guard let host = progress[name], let batch = host.batch else { return }
        if let step = plan.steps.prefix(stepState.index + 1).lastIndex(of: .change(batch: batch)) {
            stepsAhead.insert(step)
        }
        if host.phase == .waiting { perform(.stage, on: name, entering: .staging) }
    }

    /// From what it has reached.
    mutating func beginAttempt(on name: HostName) {
        progress.update(name) { host in
            if host.phase == .reverted {
                host.isChanged = false
                host.wasRestored = true
            }
            host.attempt += 1
            host.failure = nil
            (host.isSkipped, host.isLeftOut, host.isLeftServing) = (false, nil, false)
            host.phase = host.isStaged ? .staged : .waiting
        }
    }

    /// What is being shifted, or run on the schema, is waited for first.
    private mutating func returnToEarlierStep() {
        hasTurned = true
        guard case .forward(let step) = course, traffic?.pending == nil, stepState.pendingSchemaHook == nil,
            let next = stepsAhead.min(), next != step
        else { return }
        leaveStep()
        enter(next)
    }
}
