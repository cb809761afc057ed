import AgentProtocol

extension StepResult {
    init(_ error: SystemError) {
        self.init(ending: error.isOutOfSpace ? .outOfSpace : .internalError, problem: error.problem)
    }

    /// A command that did not succeed; `name` is what people know it by.
    init(_ ending: ChildProcess.Ending, of name: String, as kind: Ending) {
        let isTimeout = if case .timedOut = ending.cause { true } else { false }
        self.init(ending: isTimeout ? .timedOut : kind, problem: "\(name) \(ending.text)", output: ending.output)
    }
}

extension StepResult.Ending {
    /// For the log.
    var name: String {
        switch self {
        case .succeeded: "succeeded"
        case .artifactUnusable: "artifact unusable"
        case .archiveRefused: "archive refused"
        case .outOfSpace: "out of space"
        case .releaseMissing: "release missing"
        case .hookFailed: "hook failed"
        case .serviceFailed: "service failed"
        case .unhealthy: "unhealthy"
        case .timedOut: "timed out"
        case .interrupted: "interrupted"
        case .internalError: "internal error"
        }
    }
}
