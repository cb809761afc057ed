import FleetModel

// What hosts answer.

extension RolloutEngine {
    mutating func finish(_ operation: HostOperation, on name: HostName, _ outcome: OperationOutcome) {
        guard progress[name]?.pending == operation else { return }
        progress.update(name) { host in
            host.pending = nil
            if case .observed(let observation) = outcome { host.observation = observation }
        }
        switch outcome {
        case .succeeded: operationSucceeded(operation, on: name)
        case .failed(let failure): operationFailed(operation, on: name, failure)
        case .observed: break
        }
    }

    private mutating func operationSucceeded(_ operation: HostOperation, on name: HostName) {
        switch operation {
        case .stage:
            progress.update(name) { host in
                host.phase = .staged
                host.isStaged = true
            }
        case .drain: drained(name)
        case .activate: perform(.watch, on: name, entering: .watching)
        case .watch: progress.update(name) { $0.phase = $0.isBalanced ? .admitting : .healthy }
        case .admit:
            progress.update(name) { host in
                host.isWithdrawn = false
                if !host.isChanged { host.isLeftOut = nil }
                host.isLeftServing = host.phase == .readmitting && host.destination == .stuck
                host.phase = host.phase == .admitting ? .healthy : host.destination
            }
        case .revert: watchRestored(name)
        case .watchReverted: restored(name)
        case .retire: progress.update(name) { if $0.batch == nil { $0.phase = .retired } }
        case .inspect, .finish: return
        }
        if hold == nil { restartProgressTimer() }
    }

    /// The switch follows at once, while what was read back is fresh. One that may not follow now, because it is being
    /// interrupted or has turned back, leaves a host to be drained anew or to be given its traffic back.
    private mutating func drained(_ name: HostName) {
        progress.update(name) { $0.isDrained = true }
        guard let host = progress[name] else { return }
        if host.phase == .drainingBack {
            perform(.revert, on: name, entering: .reverting)
        } else if isGoingForward, hold != .interrupted {
            perform(.activate, on: name, entering: .activating)
        } else {
            progress.update(name) { $0.phase = .staged }
        }
    }

    private mutating func operationFailed(_ operation: HostOperation, on name: HostName, _ failure: HostFailure) {
        switch operation {
        case .stage, .activate, .watch: hostFailed(name, failure, entering: .failed)
        case .drain where progress[name]?.phase == .draining:
            readmit(name, as: .failed)
            hostFailed(name, failure, entering: .readmitting)
        case .admit where progress[name]?.phase == .admitting: hostFailed(name, failure, entering: .failed)
        case .drain:
            readmit(name, as: .stuck)
            progress.update(name) { $0.failure = failure }
            restoringFailed(name, failure)
        case .admit, .revert, .watchReverted:
            progress.update(name) { host in
                host.failure = failure
                host.phase = .stuck
            }
            restoringFailed(name, failure)
        case .retire: progress.update(name) { $0.retirementFailure = failure }
        case .inspect, .finish: break
        }
    }

    private mutating func hostFailed(
        _ name: HostName, _ failure: HostFailure, entering phase: HostProgress.Phase
    ) {
        progress.update(name) { host in
            host.failure = failure
            host.phase = phase
        }
        failIfOverBudget()
    }

    /// A rehearsal is there to find this out.
    private mutating func restoringFailed(_ name: HostName, _ failure: HostFailure) {
        guard case .forward(let step) = course, case .restore = plan.steps[step] else {
            if isGoingForward { failIfOverBudget() }
            return
        }
        // Kept, so that whoever has paused it meanwhile does not go on past it.
        stepFailed(because: "the rehearsed rollback of \(name) failed: \(failure.problem)")
    }
}
