import AgentProtocol

/// Goes through an ``ActivationPlan``: hooks, the switch of `current`, the restart.
final class ActivateStep: Step {
    private let release: String
    private let plan: ActivationPlan
    private let firstStage: Int
    private lazy var surroundings = workplace.surroundings(release: release, previous: previous)
    private lazy var hookRun = workplace.hookRun(surroundings)
    private lazy var controller = workplace.controller(surroundings)

    /// - Parameter firstStage: Above 0 where an interrupted activation goes on.
    init(_ workplace: Workplace, release: String, firstStage: Int = 0) {
        (self.release, self.firstStage) = (release, firstStage)
        plan = ActivationPlan(workplace.definition)
        super.init(workplace)
    }

    private var previous: String { ReleaseStore.release(ofLink: workplace.rollout.origin ?? "") }

    override func start() {
        do throws(SystemError) {
            guard try workplace.store.metadata(of: release) != nil else {
                return workplace.end(
                    StepResult(
                        ending: .releaseMissing,
                        problem: "release \(release) is not in \(workplace.store.releasesDirectory)"))
            }
            // Durable before anything is touched: the way back.
            if workplace.rollout.origin == nil {
                try workplace.rollout.foundOrigin(try workplace.store.current(), step: workplace.name)
            }
        } catch {
            return workplace.end(StepResult(error))
        }
        run(stage: firstStage)
    }

    override func cancel() {
        hookRun.cancel()
        controller.cancel()
    }

    private func run(stage index: Int) {
        guard plan.stages.indices.contains(index) else { return workplace.end(StepResult(ending: .succeeded)) }
        let next: (StepResult?) -> Void = { failure in
            if let failure { self.workplace.end(failure) } else { self.run(stage: index + 1) }
        }
        do throws(SystemError) {
            let stage = plan.stages[index]
            // A restart may be done again, so where it goes unrecorded nothing is lost.
            try workplace.rollout.reach(stage: index, step: workplace.name, isDurable: stage != .restart)
            switch stage {
            case .hook(let hook):
                workplace.report("running hook \(hook.point.name) (\(hook.name))")
                hookRun.run(hook, next)
            case .switchCurrent:
                try workplace.store.setCurrent(ReleaseStore.linkText(to: release))
                workplace.report("switched to release \(release)")
                next(nil)
            case .restart:
                workplace.report("restarting the service")
                controller.restart(next)
            }
        } catch {
            workplace.end(StepResult(error))
        }
    }
}
