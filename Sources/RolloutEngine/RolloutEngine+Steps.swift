import FleetModel

// The steps that are not about batches or traffic.

extension RolloutEngine {
    /// When the plan's pause that it is at ends by itself; nil elsewhere, and where only a person ends it.
    public var pauseEnd: RolloutInstant? {
        guard case .forward = course, hold == nil else { return nil }
        return stepState.pauseDeadline
    }

    /// It waits for an analysis's verdict.
    public var isMeasuring: Bool {
        guard case .forward = course else { return false }
        return stepState.pendingAnalysis != nil
    }

    /// Not bound to the hours in which hosts may be touched: it touches none.
    mutating func pause(for duration: Duration?) {
        if !stepState.hasBegun {
            stepState.hasBegun = true
            if let duration {
                let deadline = now + duration
                stepState.pauseDeadline = deadline
                actions.append(.startTimer(.pause, deadline: deadline))
            }
        }
        // What was asked in between has been answered by now.
        if duration == nil, gate == nil { gate = .promotion }
        if let gate { wait(reason: gate.reason) }
    }

    mutating func pauseTimerFired() {
        guard case .forward = course, let deadline = stepState.pauseDeadline, now >= deadline else { return }
        passStep()
    }

    mutating func analyse(_ name: AnalysisName) {
        if !stepState.hasBegun {
            stepState.hasBegun = true
            measure(name)
        }
        if gate == nil, let reason = stepState.doubt { gate = .inconclusive(name, reason: reason) }
        if let gate { wait(reason: gate.reason) }
    }

    mutating func measure(_ name: AnalysisName) {
        let attempt = nextAttempt()
        (stepState.pendingAnalysis, stepState.doubt) = ((name, attempt), nil)
        actions.append(.analyse(name, attempt: attempt))
    }

    mutating func analysisFinished(_ attempt: Int, _ verdict: AnalysisVerdict) {
        guard let (name, pending) = stepState.pendingAnalysis, attempt == pending else { return }
        stepState.pendingAnalysis = nil
        switch verdict {
        case .successful: passStep()
        case .inconclusive(let reason):
            stepState.doubt = reason
            // A question that is open is answered first.
            gate = gate ?? .inconclusive(name, reason: reason)
            hasTurned = true
        case .failed(let reason): stepFailed(because: "analysis \(name) failed: \(reason)")
        case .error(let reason): stepFailed(because: "analysis \(name) could not be measured: \(reason)")
        }
    }

    mutating func run(_ hook: SchemaHook, on host: HostName) {
        guard hook != .contract || isEveryHostChanged else {
            isContractOwed = true
            return passStep()
        }
        guard beginStep() else { return }
        if hook == .contract { isPastReturn = true }
        stepState.pendingSchemaHook = hook
        actions.append(.runSchemaHook(hook, on: host))
    }

    /// Nobody runs what the contract hook would take the schema from.
    private var isEveryHostChanged: Bool {
        hosts.allSatisfy { host in
            if host.phase == .offline { return false }
            if host.batch != nil { return host.phase == .healthy }
            // Of two sides the old one has been stopped, or the plan would have been refused.
            return plan.strategy == .blueGreen || host.planned.isAlready(plan.digest)
        }
    }

    /// The contract hook has not run, whether it was left out, has failed, or was never reached.
    public var isContractDue: Bool {
        isContractOwed
            || stepsAhead.contains { step in
                if case .runSchemaHook(.contract, _) = plan.steps[step] { true } else { false }
            }
    }

    mutating func finish(_ hook: SchemaHook, _ outcome: HookOutcome) {
        guard stepState.pendingSchemaHook == hook else { return }
        stepState.pendingSchemaHook = nil
        hasTurned = true
        guard case .forward = course else { return }
        switch (outcome, hook) {
        case (.succeeded, _): passStep()
        // Nothing has changed yet: there is nothing to ask a person about.
        case (.failed(let problem), .expand): rollBack(because: "the expand hook failed: \(problem)")
        case (.failed(let problem), .contract): stepFailed(because: "the contract hook failed: \(problem)")
        }
    }

    /// What serves beside the release is stopped only on hosts where the release has taken over.
    mutating func retire(_ names: [HostName]) {
        if beginStep() {
            isPastReturn = true
            for name in names {
                guard let host = progress[name], !host.isRetirementAsked, host.phase != .offline,
                    host.batch == nil || host.phase == .healthy
                else { continue }
                perform(.retire, on: name)
            }
        }
        if stepState.hasBegun, progress.total.pending.retirements == 0 { passStep() }
    }

    /// Said once for each time that it begins to wait.
    private mutating func wait(reason: String) {
        guard !isWaiting else { return }
        isWaiting = true
        actions.append(.wait(reason: reason))
    }
}
