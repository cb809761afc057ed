import AgentProtocol

/// The step that a service is busy with, and who waits for it.
final class RunningStep {
    let name: String
    let action: StepAction
    let rollout: RolloutRecord
    let startedAt = EventLoop.now()
    var step: Step?
    private var subscribers: [Subscriber] = []
    private var lastProgress: Progress?

    init(name: String, action: StepAction, rollout: RolloutRecord) {
        (self.name, self.action, self.rollout) = (name, action, rollout)
    }

    /// It changes nothing that runs, so it may end at any time.
    var isReplaceable: Bool {
        switch action {
        case .stage, .watch: true
        case .activate, .revert, .runHook, .stop: false
        }
    }

    /// A rollback must not wait until a sick host's watch has timed out, nor a retry.
    func givesWay(to next: StepAction) -> Bool {
        switch (action, next) {
        case (.stage, .revert), (.watch, .revert), (.watch, .activate): true
        default: false
        }
    }

    /// Who joins late hears the latest first.
    func join(_ subscriber: Subscriber) {
        subscribers.append(subscriber)
        if let lastProgress { subscriber.report(lastProgress) }
    }

    func report(_ progress: Progress) {
        lastProgress = progress
        for subscriber in subscribers { subscriber.report(progress) }
    }

    func end(_ reply: Reply) {
        for subscriber in subscribers { subscriber.reply(reply) }
        subscribers = []
    }
}
