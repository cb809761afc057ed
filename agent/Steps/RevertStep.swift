import AgentProtocol

/// Goes back to what was before the rollout's first activation, or before it stopped the service. May be done any
/// number of times.
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
        do throws(SystemError) {
            if let origin = workplace.rollout.origin {
                try workplace.store.setCurrent(origin)
            } else if workplace.rollout.retirement == nil {
                return workplace.end(resultOfSuccess)
            }
            restore(release: ReleaseStore.release(ofLink: try workplace.store.current()))
        } catch {
            workplace.end(StepResult(error))
        }
    }

    private func restore(release: String) {
        let controller = workplace.controller(workplace.surroundings(release: release, previous: ""))
        self.controller = controller
        let onEnd: (StepResult?) -> Void = { failure in self.workplace.end(failure ?? self.resultOfSuccess) }
        if workplace.wasRetired {
            workplace.report("nothing ran here before: stopping the service")
            controller.stop(onEnd)
        } else if workplace.rollout.origin?.utf8.isEmpty == true {
            workplace.report("nothing was here before: stopping the service")
            controller.stop(onEnd)
        } else {
            workplace.report("back at \(release): restarting the service")
            controller.restart(onEnd)
        }
    }

    override func cancel() { controller?.cancel() }
}
