import FleetModel
import RolloutEngine

// Who leads past a gate: a promotion leads past the one that was open, and an analysis past itself.

extension PromiseChecker {
    /// What is waited for, by the last word about it.
    enum OpenGate: Equatable {
        case none, promotion
        case doubt(AnalysisName)

        var isDoubt: Bool { if case .doubt = self { true } else { false } }
    }

    mutating func gateOpened(because reason: String) {
        if reason == "waiting to be promoted" { openGate = .promotion }
    }

    mutating func promoted() {
        if plan.strategy == .abTest, isMeasuring && !hasAsked || openGate.isDoubt { return endTest() }
        switch openGate {
        case .none: break
        case .promotion: promotions += 1
        case .doubt(let name): clearedAnalyses.insert(name)
        }
        openGate = .none
    }

    /// Who promotes B has seen enough of what the test measures.
    private mutating func endTest() {
        let hold = plan.steps.firstIndex(of: .pause(nil)) ?? plan.steps.endIndex
        for case .analyse(let name) in plan.steps[..<hold] { clearedAnalyses.insert(name) }
        promotions += 1
        (openGate, isMeasuring) = (.none, false)
    }

    mutating func analysed(_ name: AnalysisName, _ attempt: Int, _ verdict: AnalysisVerdict) {
        guard measured?.name == name, measured?.attempt == attempt else { return }
        isMeasuring = false
        switch verdict {
        case .successful: clearedAnalyses.insert(name)
        case .inconclusive: (isInconclusive, openGate) = (true, .doubt(name))
        case .failed, .error: break
        }
    }

    mutating func measures(_ name: AnalysisName, _ attempt: Int) {
        (measured, isMeasuring) = ((name, attempt), true)
        if openGate.isDoubt { openGate = .none }
    }

    /// Nothing is done that comes after a gate which nobody has led past.
    mutating func checkGates(before step: Int, of what: String) {
        let before = plan.steps[..<step]
        let gates = before.count { $0 == .pause(nil) }
        if promotions < gates { violated(.gate, "\(what) after \(promotions) promotions, past gate \(gates)") }
        // Who wrote the policy may go on after a bad verdict.
        guard !plan.policy.onFailure.continues else { return }
        for case .analyse(let name) in before where !clearedAnalyses.contains(name) {
            violated(.gate, "\(what) before the analysis \(name) has passed")
        }
    }

    /// The way back has been tried on every host of a rehearsed batch before anything comes after it.
    mutating func checkRehearsal(before step: Int, of what: String) {
        guard let batch = plan.steps[..<step].first(where: \.isRestoration)?.batch else { return }
        let missing = plan.batches[batch].first { name in
            guard let host = hosts[name] else { return false }
            let isExcused = host.hasFailed || host.isSkipped || host.isForgiven || host.attempt > 1
            return !rehearsed.contains(name) && !isExcused
        }
        if let missing { violated(.rehearsal, "\(what) before the way back of \(missing) was tried") }
    }

    func isRehearsed(_ batch: Int?) -> Bool {
        plan.steps.contains { $0.isRestoration && $0.batch == batch }
    }
}

extension PlanStep {
    fileprivate var isRestoration: Bool { if case .restore = self { true } else { false } }
}

extension FailureResponse {
    fileprivate var continues: Bool {
        switch self {
        case .continue: true
        case .rollback, .pause: false
        case .ask(_, let then): then.continues
        }
    }

    var asks: Bool { if case .ask = self { true } else { false } }
}
