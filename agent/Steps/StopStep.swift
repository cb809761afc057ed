import AgentProtocol

/// Stops the service for good. May be done any number of times.
final class StopStep: Step {
    private lazy var controller = workplace.controller(workplace.surroundings(release: current, previous: ""))

    private var current: String { ReleaseStore.release(ofLink: (try? workplace.store.current()) ?? "") }

    override func start() {
        workplace.report("stopping the service")
        controller.stop { self.workplace.end($0 ?? StepResult(ending: .succeeded)) }
    }

    override func cancel() { controller.cancel() }
}
