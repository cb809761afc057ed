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
