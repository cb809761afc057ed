import AgentProtocol

/// Why an artifact could not be unpacked, as the step's result will say it.
struct UnpackError: Error {
    let ending: StepResult.Ending
    let problem: String

    init(_ ending: StepResult.Ending, _ problem: String) { (self.ending, self.problem) = (ending, problem) }

    init(_ error: SystemError) {
        self.init(error.isOutOfSpace ? .outOfSpace : .internalError, error.problem)
    }

    init(_ error: ArchiveError) { self.init(.archiveRefused, error.text) }
}
