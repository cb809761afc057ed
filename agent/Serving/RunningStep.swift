import AgentProtocol

/// The step that a service is busy with, and who waits for it.
final class RunningStep {
    let name: String
    let action: StepAction
    let rollout: RolloutRecord
    let startedAt = EventLoop.now()
    var step: (any Step)?
    private var subscribers: [Subscriber] = []
    private var lastProgress: Progress?

    init(name: String, action: StepAction, rollout: RolloutRecord) {
        (self.name, self.action, self.rollout) = (name, action, rollout)
    }

    /// It changes nothing that runs, so a later step may take its place.
    var isReplaceable: Bool {
        switch action {
        case .stage, .watch: true
        case .activate, .revert: false
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
