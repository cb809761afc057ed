import AgentProtocol

/// What a step has at hand.
final class Workplace {
    /// The step's own name.
    let name: String
    let rollout: RolloutRecord
    let store: ReleaseStore
    let children: Children
    let incoming: Incoming
    let scripts: ScriptDirectory
    /// An earlier rollout had stopped the service for good.
    let wasRetired: Bool
    /// A file for what service commands say.
    let commandOutput: String
    private let onProgress: (Progress) -> Void
    private let onEnd: (StepResult) -> Void

    var definition: ServiceDefinition { rollout.definition }
    var loop: EventLoop { children.loop }

    init(
        name: String, rollout: RolloutRecord, children: Children, incoming: Incoming, scripts: ScriptDirectory,
        commandOutput: String, wasRetired: Bool, onProgress: @escaping (Progress) -> Void,
        onEnd: @escaping (StepResult) -> Void
    ) {
        (self.name, self.rollout, self.children, self.incoming) = (name, rollout, children, incoming)
        (self.scripts, self.commandOutput, self.onProgress, self.onEnd) = (scripts, commandOutput, onProgress, onEnd)
        self.wasRetired = wasRetired
        store = ReleaseStore(directory: rollout.definition.installDirectory)
    }

    func report(_ text: String, output: [UInt8] = []) { onProgress(Progress(text: text, output: output)) }

    func end(_ result: StepResult) { onEnd(result) }

    func surroundings(release: String, previous: String) -> Surroundings {
        Surroundings(definition, release: release, previous: previous, commandOutput: commandOutput)
    }

    /// - Parameter timeout: In milliseconds; nil for the definition's own.
    func hookRun(_ surroundings: Surroundings, timeout: UInt64? = nil) -> HookRun {
        HookRun(
            children: children, scripts: scripts, surroundings: surroundings,
            timeout: timeout ?? definition.commandTimeoutMilliseconds)
    }

    func controller(_ surroundings: Surroundings) -> ServiceController {
        ServiceController(definition, surroundings, children: children)
    }
}
