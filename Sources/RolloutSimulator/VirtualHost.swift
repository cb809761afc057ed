import FleetModel
import RolloutEngine

/// One host and its agent: what it runs, and the ledger of the steps that it has done.
struct VirtualHost {
    /// What the agent's ledger knows a step by.
    struct StepName: Hashable {
        var operation: HostOperation
        var attempt: Int
    }

    struct Step {
        var id: Int
        var name: StepName
        var operation: HostOperation { name.operation }
    }

    let planned: PlannedHost
    let faults: HostFaults
    private let release: (path: String, digest: Digest)
    private(set) var current: String?
    private(set) var digest: Digest?
    private(set) var isInService: Bool
    private(set) var isStaged = false
    /// Each step is done once; whoever asks again is told what came of it.
    private(set) var ledger: [StepName: OperationOutcome] = [:]
    /// An activation has been recorded, so there is a way back.
    private var hasActivated = false
    private var wasInService = false
    private(set) var running: Step?
    /// Accepted while another step ran; done in turn, whether or not somebody still waits.
    var accepted: [StepName] = []
    var isDown = false
    /// The power is gone, not just the link.
    var hasNoPower = false
    var hasHadOutage = false
    var outageEnd: Int64?

    init(planned: PlannedHost, faults: HostFaults, of plan: RolloutPlan) {
        self.planned = planned
        self.faults = faults
        release = (planned.target ?? plan.release.text, plan.digest)
        current = planned.current
        digest = planned.currentDigest
        isInService = !planned.isSick
    }

    var observation: HostObservation {
        HostObservation(current: current, currentDigest: digest, isInService: isInService)
    }

    /// Power is gone: what ran stands still until it comes back.
    var isFrozen: Bool { isDown && hasNoPower }

    mutating func begin(_ name: StepName, id: Int) {
        running = Step(id: id, name: name)
        wasInService = isInService
        if name.operation == .activate { isInService = false }
        if name.operation == .revert && digest != planned.currentDigest { isInService = false }
    }

    /// A wait for health is given up when something else is to be done.
    mutating func interrupt() -> StepName? {
        guard let step = running,
            step.operation == .watch || step.operation == .watchReverted || step.operation == .stage
        else { return nil }
        running = nil
        ledger[step.name] = .failed(HostFailure(.interrupted, "\(step.operation.rawValue) was given up"))
        return step.name
    }

    mutating func finishStep() -> (name: StepName, outcome: OperationOutcome)? {
        guard let step = running else { return nil }
        running = nil
        let outcome = finish(step.operation, faults.at(attempt: step.name.attempt))
        ledger[step.name] = outcome
        if step.operation == .activate { hasActivated = true }
        return (step.name, outcome)
    }

    mutating func die() {
        if digest != planned.currentDigest { isInService = false }
    }

    private mutating func finish(_ operation: HostOperation, _ faults: HostFaults) -> OperationOutcome {
        switch operation {
        case .stage: finishStaging(faults)
        case .activate: finishActivation(faults)
        case .watch: isNewReleaseHealthy(faults) ? .succeeded : .failed(HostFailure(.unhealthy, "it is not healthy"))
        case .revert: finishRestoration()
        case .watchReverted:
            isInService ? .succeeded : .failed(HostFailure(.unhealthy, "what ran before is not healthy"))
        case .inspect: .observed(observation)
        case .drain, .admit, .retire, .finish: .succeeded
        }
    }

    private mutating func finishStaging(_ faults: HostFaults) -> OperationOutcome {
        if faults.isDiskFull { return .failed(HostFailure(.staging, "no space left on device")) }
        isStaged = true
        return .succeeded
    }

    private mutating func finishActivation(_ faults: HostFaults) -> OperationOutcome {
        guard isStaged else { return .failed(HostFailure(.refused, "the release is not on this host")) }
        if case .failsBeforeSwitch = faults.activation {
            isInService = wasInService
            return .failed(HostFailure(.hook, "before_install failed"))
        }
        (current, digest) = release
        isInService = false
        if case .failsAfterSwitch = faults.activation { return .failed(HostFailure(.service, "it does not start")) }
        if case .unhealthy = faults.newRelease { return .succeeded }
        isInService = true
        return .succeeded
    }

    private func isNewReleaseHealthy(_ faults: HostFaults) -> Bool {
        guard isInService else { return false }
        if case .flapping = faults.newRelease { return false }
        return true
    }

    private mutating func finishRestoration() -> OperationOutcome {
        // An activation that never arrived, or stopped before the switch, leaves nothing to restore.
        let hasSwitched = hasActivated && (digest, current) != (planned.currentDigest, planned.current)
        if hasSwitched {
            if case .failsBeforeSwitch = faults.restoration { return .failed(HostFailure(.hook, "stopping failed")) }
            current = planned.current
            digest = planned.currentDigest
            isInService = !planned.isSick && !faults.isOldReleaseBroken
        } else if hasActivated {
            isInService = !planned.isSick && !faults.isOldReleaseBroken
        }
        if case .failsAfterSwitch = faults.restoration {
            isInService = false
            return .failed(HostFailure(.service, "it does not start"))
        }
        return .succeeded
    }
}
