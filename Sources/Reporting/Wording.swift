import FleetModel
import RolloutEngine

/// The engine's terms in the words of people; docs/json-events.md has those for programs.
extension HostOperation {
    var done: String {
        switch self {
        case .stage: "staged"
        case .drain: "drained"
        case .activate: "activated, waiting for health"
        case .watch: "healthy"
        case .revert: "restored"
        case .watchReverted: "healthy again on what it ran before"
        case .admit: "takes traffic"
        case .retire: "stopped what it ran before"
        case .inspect, .finish: rawValue
        }
    }

    var failed: String {
        switch self {
        case .stage: "staging failed"
        case .drain: "could not be drained"
        case .activate: "activation failed"
        case .watch: "not healthy"
        case .revert: "could not be restored"
        case .watchReverted: "not healthy after being restored"
        case .admit: "could not be given traffic"
        case .retire: "could not stop what it ran before"
        case .inspect: "could not be asked what it runs"
        case .finish: "could not be told that the rollout is over"
        }
    }
}

extension HostProgress.Phase {
    var spoken: String {
        switch self {
        case .waiting: "waiting"
        case .staging: "receiving the release"
        case .staged: "staged"
        case .draining, .drainingBack: "draining"
        case .activating: "activating"
        case .watching: "waiting for health"
        case .admitting: "healthy, getting traffic"
        case .healthy: "healthy"
        case .failed: "failed"
        case .reverting: "rolling back"
        case .watchingReverted: "rolled back, waiting for health"
        case .reverted: "rolled back"
        case .readmitting: "getting its traffic back"
        case .stuck: "needs hands"
        case .skipped: "skipped"
        case .retired: "stopped, others have taken over"
        case .current: "already current"
        case .offline: "offline, left out"
        }
    }
}

extension Gate {
    /// What it waits for, and what a person types to let it go on.
    func spoken(_ plan: RolloutPlan) -> String {
        switch self {
        case .promotion: "waiting for approval: \(plan.promoteOrAbort)"
        case .inconclusive(let name, _):
            "analysis \(name) decides nothing: coord promote \(plan.rollout) takes it for good, coord retry "
                + "\(plan.rollout) measures again, coord abort \(plan.rollout) goes back"
        case .question(let reason): "\(reason): coord retry, skip HOST, resume or abort \(plan.rollout)?\(plan.silence)"
        }
    }

    /// The same for a line below the view of a rollout: what is typed, in another terminal.
    func commands(_ plan: RolloutPlan) -> String {
        switch self {
        case .promotion: plan.promoteOrAbort
        case .inconclusive: "coord promote, retry or abort \(plan.rollout)"
        case .question: "coord retry, skip HOST, resume or abort \(plan.rollout)\(plan.silence)"
        }
    }
}

extension RolloutPlan {
    var promoteOrAbort: String { "coord promote \(rollout) goes on, coord abort \(rollout) goes back" }

    /// What is done where a question is not answered.
    fileprivate var silence: String {
        guard case .ask(let timeout, let then) = policy.onFailure else { return "" }
        let course =
            switch then {
            case .rollback: "rolled back"
            case .pause, .ask: "paused"
            case .continue: "continued"
            }
        return " (not answered within \(timeout.spoken): \(course))"
    }
}

extension Suspension {
    var spoken: String {
        switch self {
        case .interrupted: "interrupted"
        case .paused(let reason): reason.hasPrefix("paused") ? reason : "paused: \(reason)"
        }
    }
}

/// `1 host`, `2 hosts`, `3 batches`.
public func counted(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)\(noun.hasSuffix("ch") ? "es" : "s")"
}
