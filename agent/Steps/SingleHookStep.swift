import AgentProtocol

/// Runs a hook that is no part of an activation, for example one that changes a database's schema.
final class SingleHookStep: Step {
    private let hook: SingleHook
    private lazy var hookRun = workplace.hookRun(
        workplace.surroundings(release: hook.release, previous: current), timeout: hook.timeoutMilliseconds)

    init(_ workplace: Workplace, _ hook: SingleHook) {
        self.hook = hook
        super.init(workplace)
    }

    private var current: String { ReleaseStore.release(ofLink: (try? workplace.store.current()) ?? "") }

    override func start() {
        workplace.report("running hook \(hook.name)")
        hookRun.run(hook) { self.workplace.end($0 ?? StepResult(ending: .succeeded)) }
    }

    override func cancel() { hookRun.cancel() }
}
