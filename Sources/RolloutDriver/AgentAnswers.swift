import AgentClient
import AgentProtocol
import FleetModel
import RolloutEngine

// What agents answer, in the engine's words; whatever comes from a host is made printable here.

extension OperationOutcome {
    init(_ result: StepResult) {
        guard result.ending != .succeeded else {
            self = .succeeded
            return
        }
        let problem = result.problem.isEmpty ? "\(result.ending)" : result.problem.printable(maximumBytes: 400)
        let output = String(decoding: result.output, as: UTF8.self).printable()
        self = .failed(HostFailure(HostFailure.Kind(result.ending), problem, output: output))
    }
}

extension HostFailure.Kind {
    init(_ ending: StepResult.Ending) {
        switch ending {
        case .artifactUnusable, .archiveRefused, .outOfSpace, .releaseMissing: self = .staging
        case .hookFailed: self = .hook
        case .serviceFailed: self = .service
        case .unhealthy: self = .unhealthy
        case .timedOut: self = .timedOut
        case .interrupted: self = .interrupted
        case .succeeded, .internalError: self = .other
        }
    }
}

extension HostFailure {
    init(_ error: AgentError) {
        let kind: Kind =
            switch error {
            case .unreachable, .agentMissing, .agentNotRunning, .shellProblem: .unreachable
            case .timedOut: .timedOut
            case .refused: .refused
            case .protocolViolation, .artifactUnreadable, .cancelled: .other
            }
        self.init(kind, error.description.printable(maximumBytes: 400))
    }
}

extension AgentError {
    /// The refusal, where another rollout holds the service.
    public var takeover: Refusal? {
        guard case .refused(let refusal) = self, refusal.reason == .staleEpoch || refusal.reason == .held else {
            return nil
        }
        return refusal
    }
}

extension HostObservation {
    init(_ report: HostReport) {
        self.init(
            current: report.current.isEmpty ? nil : report.current.printable(maximumBytes: 300),
            currentDigest: Digest(hex: report.currentDigest), isInService: report.isInService
        )
    }
}

extension HostReport {
    /// Its unit is active, and no check says that it is unwell.
    public var isInService: Bool { unitState == "active" && health != .unhealthy }
}
