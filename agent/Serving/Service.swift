import AgentProtocol
import Glibc

/// One service on this host: who holds it, its rollouts, and the step it is busy with.
final class Service {
    static let maximumRollouts = 20

    let name: String
    let directory: String
    private let environment: AgentEnvironment
    private(set) var claim: ClaimRecord?
    private(set) var running: RunningStep?
    /// The rollout that holds the service, or held it last.
    private var rollout: RolloutRecord?
    /// The last round of checks, whoever asked for it.
    var lastHealth: HealthRound.Outcome?

    init(name: String, environment: AgentEnvironment) throws(SystemError) {
        (self.name, self.environment) = (name, environment)
        directory = environment.servicesDirectory + "/" + name
        claim = try DurableFile.read(directory + "/claim")
    }

    private var rolloutsDirectory: String { directory + "/rollouts" }
    private var claimPath: String { directory + "/claim" }
    var commandOutput: String { directory + "/command.output" }

    /// What `current` was before the last activation that was not taken back; empty for nothing.
    func previous() -> String {
        guard let claim else { return "" }
        let link = (try? openRollout(claim.claim.rollout)).map { $0.linkBefore(orBefore: claim.previous) }
        return ReleaseStore.release(ofLink: link ?? claim.previous)
    }

    /// A rollout has stopped it for good.
    var isRetired: Bool {
        guard let claim else { return false }
        return (try? openRollout(claim.claim.rollout))?.retirement ?? claim.wasRetired
    }

    /// nil where the service is claimed now, else why it is not.
    func begin(_ request: Begin) throws(SystemError) -> Refusal? {
        if let refusal = claim?.refusal(toBegin: request.claim) { return refusal }
        let isTakeover = claim.map { $0.claim.rollout != request.claim.rollout } ?? true
        let (previous, isRetired) = (previous(), isRetired)
        // A step that is still running ends in the record that it began in: there is one only, whoever claims again.
        let name = request.claim.rollout
        let record: RolloutRecord =
            if let open = try openRollout(name) {
                open
            } else {
                try RolloutRecord.begin(rolloutsDirectory + "/" + name, name: name, definition: request.definition)
            }
        try FileSystem.makeDirectory(directory, mode: 0o700)
        let new = ClaimRecord(
            claim: request.claim, previous: isTakeover ? previous : claim?.previous ?? "",
            wasRetired: isTakeover ? isRetired : claim?.wasRetired ?? false)
        try DurableFile.write(new, to: claimPath)
        (claim, rollout) = (new, record)
        if isTakeover {
            if let running, running.isReplaceable {
                end(running, StepResult(ending: .interrupted, problem: "rollout \(record.name) has taken over"))
            }
            try environment.incoming.dropConfigurations(of: self.name)
            try dropOldRollouts()
        }
        return nil
    }

    /// Of the rollout that holds the service, or held it last.
    func installDirectory() throws(SystemError) -> String? {
        guard let claim else { return nil }
        return try openRollout(claim.claim.rollout)?.definition.installDirectory
    }

    /// nil where `claim` holds the service now: what a step is not asked for, but is changed for the service all the
    /// same.
    func refusal(ofHolder request: Claim) -> Refusal? {
        if let refusal = refusal(of: request) { return refusal }
        guard claim?.isFinished == true else { return nil }
        return Refusal(reason: .invalid, problem: "rollout \(request.rollout) has finished here", holder: claim?.claim)
    }

    /// nil where `claim` may change the service now.
    func refusal(of request: Claim) -> Refusal? {
        guard let claim else {
            return Refusal(reason: .invalid, problem: "nobody has claimed service \(name)")
        }
        return claim.refusal(toChange: request)
    }

    func perform(_ request: Perform, for subscriber: Subscriber) throws(SystemError) {
        guard let rollout = try openRollout(request.claim.rollout) else {
            return refuse(subscriber, .invalid, "rollout \(request.claim.rollout) has not begun here")
        }
        guard !rollout.definition.installDirectory.utf8.isEmpty || !request.action.concernsReleases else {
            return refuse(subscriber, .invalid, "nothing of service \(name) is installed on this host")
        }
        if let action = rollout.action(of: request.step), action != request.action {
            return refuse(subscriber, .invalid, "step \(request.step) was something else before")
        }
        if var result = rollout.result(of: request.step) {
            result.isRecorded = true
            return subscriber.reply(.performed(result))
        }
        if let running {
            if running.name == request.step, running.rollout === rollout { return running.join(subscriber) }
            guard running.givesWay(to: request.action) else {
                return refuse(subscriber, .busy, "step \(running.name) is running")
            }
            end(running, StepResult(ending: .interrupted, problem: "step \(request.step) has taken its place"))
        }
        guard claim?.isFinished == false else {
            return refuse(subscriber, .invalid, "rollout \(rollout.name) has finished here")
        }
        guard !environment.isDraining else { return refuse(subscriber, .busy, "the agent is about to end") }
        try rollout.intend(request.action, step: request.step)
        if case .stage(let artifact) = request.action {
            run(request.step, request.action, of: rollout, for: subscriber) {
                StageStep($0, artifact, configuration: request.configuration)
            }
        } else {
            run(request.step, request.action, of: rollout, for: subscriber)
        }
    }

    /// A running step that is changing what runs; nil where there is none.
    var stepUnderWay: String? { running.flatMap { $0.isReplaceable ? nil : $0.name } }

    /// Releases the claim and answers what is to be removed.
    func finish(_ request: Finish) throws(SystemError) -> [String] {
        guard let rollout = try openRollout(request.claim.rollout), var new = claim else { return [] }
        if let running { end(running, StepResult(ending: .interrupted, problem: "the rollout is over")) }
        new.isFinished = true
        try DurableFile.write(new, to: claimPath)
        (claim, self.rollout) = (new, nil)
        try environment.incoming.dropConfigurations(of: name)
        return retired(after: rollout, previous: new.previous)
    }

    /// Releases that are kept no longer. Where that cannot be told, none: the claim must not stay for it.
    private func retired(after rollout: RolloutRecord, previous: String) -> [String] {
        let store = ReleaseStore(directory: rollout.definition.installDirectory)
        do throws(SystemError) {
            let needed = [try store.current(), rollout.linkBefore(orBefore: previous)].map(
                ReleaseStore.release(ofLink:))
            let keeping = max(2, Int(clamping: rollout.definition.keepReleases))
            return try store.retire(keeping: keeping, needed: Set(needed.filter { !$0.utf8.isEmpty }))
        } catch {
            Log.write("service \(name): old releases stay: \(error.problem)")
            return []
        }
    }

    /// Brings to an end what the agent's or the host's end cut short.
    func recover() throws(SystemError) {
        for name in try FileSystem.names(in: rolloutsDirectory) {
            guard let rollout = try openRollout(name) else { continue }
            for (step, action) in rollout.unfinished {
                switch action {
                // Asked again, they are done again.
                case .stage, .watch: continue
                case .activate(let release): try recover(step, release: release, of: rollout)
                case .revert, .stop: run(step, action, of: rollout, for: nil)
                case .runHook(let hook):
                    // It may have done half of anything, and twice is worse.
                    let problem = "the agent or the host stopped while hook \(hook.name) ran"
                    try rollout.end(step: step, StepResult(ending: .interrupted, problem: problem))
                }
            }
        }
    }

    func stop() { running?.step?.cancel() }

    private func recover(_ step: String, release: String, of rollout: RolloutRecord) throws(SystemError) {
        let store = ReleaseStore(directory: rollout.definition.installDirectory)
        let isSwitched = try store.current() == ReleaseStore.linkText(to: release)
        let interrupted = StepResult(
            ending: .interrupted, problem: "the agent or the host stopped in the middle; what was before is back")
        let plan = ActivationPlan(rollout.definition)
        let action = StepAction.activate(release: release)
        switch plan.resumption(reached: rollout.reachedStages[step], isSwitched: isSwitched) {
        case .nothingDone: try rollout.end(step: step, interrupted)
        case .undo:
            run(step, action, of: rollout, for: nil) { RevertStep($0, resultOfSuccess: interrupted) }
        case .goOn(let stage):
            run(step, action, of: rollout, for: nil) { ActivateStep($0, release: release, firstStage: stage) }
        }
    }

    private func run(
        _ name: String, _ action: StepAction, of rollout: RolloutRecord, for subscriber: Subscriber?,
        as makeStep: ((Workplace) -> Step)? = nil
    ) {
        Log.write("service \(self.name), rollout \(rollout.name): \(name) begins")
        let running = RunningStep(name: name, action: action, rollout: rollout)
        let workplace = Workplace(
            name: name, rollout: rollout, children: environment.children, incoming: environment.incoming,
            scripts: environment.makeScriptDirectory(), commandOutput: commandOutput,
            wasRetired: claim?.wasRetired ?? false
        ) {
            running.report($0)
        } onEnd: {
            self.end(running, $0)
        }
        let step = makeStep?(workplace) ?? self.step(for: action, workplace)
        running.step = step
        self.running = running
        if let subscriber { running.join(subscriber) }
        step.start()
    }

    private func step(for action: StepAction, _ workplace: Workplace) -> Step {
        switch action {
        case .stage(let artifact): StageStep(workplace, artifact, configuration: nil)
        case .activate(let release): ActivateStep(workplace, release: release)
        case .watch(let minimum, let deadline):
            WatchStep(workplace, minimumHealthyMilliseconds: minimum, deadlineMilliseconds: deadline) {
                self.lastHealth = $0
            }
        case .revert: RevertStep(workplace)
        case .runHook(let hook): SingleHookStep(workplace, hook)
        case .stop: StopStep(workplace)
        }
    }

    private func end(_ running: RunningStep, _ result: StepResult) {
        guard self.running === running else { return }
        self.running = nil
        running.step?.cancel()
        running.step = nil
        var result = result
        result.durationMilliseconds = EventLoop.now() - running.startedAt
        do throws(SystemError) {
            try running.rollout.end(step: running.name, result)
        } catch {
            result.problem = "the step ended (\(result.ending.name)), but that could not be recorded: \(error.problem)"
            result.ending = .internalError
        }
        let outcome = "\(result.ending.name) \(result.problem)"
        Log.write("service \(name), rollout \(running.rollout.name): \(running.name) ended: \(outcome)")
        running.end(.performed(result))
        environment.onStepEnd()
    }

    private func refuse(_ subscriber: Subscriber, _ reason: Refusal.Reason, _ problem: String) {
        subscriber.reply(.refused(Refusal(reason: reason, problem: problem, holder: claim?.claim)))
    }

    private func openRollout(_ name: String) throws(SystemError) -> RolloutRecord? {
        if let rollout, rollout.name == name { return rollout }
        if let running, running.rollout.name == name { return running.rollout }
        return try RolloutRecord.open(rolloutsDirectory + "/" + name, name: name)
    }

    private func dropOldRollouts() throws(SystemError) {
        let names = try FileSystem.names(in: rolloutsDirectory)
        guard names.count > Self.maximumRollouts else { return }
        let newestFirst = names.map { (name: $0, time: FileSystem.modified("\(rolloutsDirectory)/\($0)/ledger")) }
            .sorted { $0.time > $1.time }
        for entry in newestFirst.dropFirst(Self.maximumRollouts) where entry.name != rollout?.name {
            guard entry.name != running?.rollout.name else { continue }
            try TreeRemoval.remove(rolloutsDirectory + "/" + entry.name)
        }
    }
}

extension StepAction {
    /// It needs an install directory.
    fileprivate var concernsReleases: Bool {
        switch self {
        case .stage, .activate, .watch, .revert: true
        case .runHook, .stop: false
        }
    }
}
