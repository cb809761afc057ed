import AgentProtocol

/// One rollout's durable state on this host: its definition, and what its ledger tells.
final class RolloutRecord {
    let name: String
    let definition: ServiceDefinition
    private let ledger: Ledger
    private var actions: [String: StepAction] = [:]
    private var results: [String: StepResult] = [:]
    /// The last stage that each activation began.
    private(set) var reachedStages: [String: Int] = [:]
    /// What `current` was before the first activation (empty for nothing); nil before that.
    private(set) var origin: String?
    /// In the order of their intents.
    private var steps: [String] = []

    /// Opens what `directory` holds; nil where no rollout was ever begun there.
    static func open(_ directory: String, name: String) throws(SystemError) -> RolloutRecord? {
        guard let definition = try DurableFile.read(definitionPath(directory), as: ServiceDefinition.self) else {
            return nil
        }
        return try RolloutRecord(directory, name: name, definition: definition)
    }

    /// A rollout's definition is that of its first `begin`: what is half done must be finished as it was begun.
    static func begin(
        _ directory: String, name: String, definition: ServiceDefinition
    ) throws(SystemError) -> RolloutRecord {
        if let record = try open(directory, name: name) { return record }
        try FileSystem.makeDirectory(directory, mode: 0o700)
        try DurableFile.write(definition, to: definitionPath(directory))
        return try RolloutRecord(directory, name: name, definition: definition)
    }

    private static func definitionPath(_ directory: String) -> String { directory + "/definition" }

    private init(_ directory: String, name: String, definition: ServiceDefinition) throws(SystemError) {
        (self.name, self.definition) = (name, definition)
        let records: [LedgerRecord]
        (ledger, records) = try Ledger.open(directory + "/ledger")
        for record in records { apply(record) }
    }

    func result(of step: String) -> StepResult? { results[step] }

    func action(of step: String) -> StepAction? { actions[step] }

    /// Steps that began and never ended: the agent or the host stopped in the middle.
    var unfinished: [(step: String, action: StepAction)] {
        steps.compactMap { step in
            guard results[step] == nil, let action = actions[step] else { return nil }
            return (step, action)
        }
    }

    /// Releases that this rollout put on the host.
    var stagedReleases: [String] {
        actions.values.compactMap { if case .stage(let artifact) = $0 { artifact.directoryName } else { nil } }
    }

    /// It gave the host back what was there before, and has activated nothing since.
    var isReverted: Bool {
        for step in steps.reversed() {
            switch actions[step] {
            case .revert: return true
            case .activate: return false
            case .stage, .watch, .runHook, .stop, nil: continue
            }
        }
        return false
    }

    /// Whether this rollout wants the service stopped for good (true) or running (false); nil where it has done
    /// neither, or has taken it back.
    var retirement: Bool? {
        for step in steps.reversed() {
            switch actions[step] {
            case .stop: return true
            case .activate: return false
            case .revert where results[step]?.ending == .succeeded: return nil
            case .revert, .stage, .watch, .runHook, nil: continue
            }
        }
        return nil
    }

    /// What `current` was before this rollout changed it for good; `earlier` where it did not, or took it back.
    func linkBefore(orBefore earlier: String) -> String { isReverted ? earlier : origin ?? earlier }

    func intend(_ action: StepAction, step: String) throws(SystemError) {
        try append(step, .intended(WireWriter.encode(action)))
    }

    func foundOrigin(_ text: String, step: String) throws(SystemError) { try append(step, .foundOrigin(text)) }

    func reach(stage: Int, step: String, isDurable: Bool) throws(SystemError) {
        try append(step, .reached(stage: stage), isDurable: isDurable)
    }

    /// The result counts from now on, even where it could not be written down.
    func end(step: String, _ result: StepResult) throws(SystemError) {
        results[step] = result
        try append(step, .ended(result))
    }

    private func append(_ step: String, _ event: LedgerRecord.Event, isDurable: Bool = true) throws(SystemError) {
        let record = LedgerRecord(step: step, event)
        try ledger.append([record], isDurable: isDurable)
        apply(record)
    }

    private func apply(_ record: LedgerRecord) {
        switch record.event {
        case .intended(let bytes):
            // What an older agent wrote and this one does not know cannot be resumed; it is as if never asked.
            guard let action = try? WireReader.decode(bytes[...], as: StepAction.self) else { return }
            if actions[record.step] == nil { steps.append(record.step) }
            actions[record.step] = action
        case .foundOrigin(let text): if origin == nil { origin = text }
        case .reached(let stage): reachedStages[record.step] = stage
        case .ended(let result): results[record.step] = result
        }
    }
}
