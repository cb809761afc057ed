import AgentProtocol

/// Goes back to what was before the rollout's first activation. May be done any number of times.
final class RevertStep: Step {
    private let resultOfSuccess: StepResult
    private var controller: ServiceController?

    /// - Parameter resultOfSuccess: What to tell where all is as it was; an interrupted activation tells that it was
    ///   undone.
    init(_ workplace: Workplace, resultOfSuccess: StepResult = StepResult(ending: .succeeded)) {
        self.resultOfSuccess = resultOfSuccess
        super.init(workplace)
    }

    override func start() {
        guard let origin = workplace.rollout.origin else { return workplace.end(resultOfSuccess) }
        do throws(SystemError) {
            try workplace.store.setCurrent(origin)
        } catch {
            return workplace.end(StepResult(error))
        }
        let release = ReleaseStore.release(ofLink: origin)
        let controller = workplace.controller(workplace.surroundings(release: release, previous: ""))
        self.controller = controller
        let onEnd: (StepResult?) -> Void = { failure in self.workplace.end(failure ?? self.resultOfSuccess) }
        if origin.utf8.isEmpty {
            workplace.report("nothing was here before: stopping the service")
            controller.stop(onEnd)
        } else {
            workplace.report("back at \(release): restarting the service")
            controller.restart(onEnd)
        }
    }

    override func cancel() { controller?.cancel() }
}
