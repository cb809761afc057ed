extension Request {
    /// The lowest version of the protocol that knows this request, with all that is in it. Version 1 is a rollout of a
    /// release and nothing else; 2 adds a release's configuration, traffic, measurements, evidence, single hooks and
    /// stopping.
    public var minimumVersion: UInt64 {
        switch self {
        case .hello, .inspect, .begin, .chunk, .finish: 1
        case .offer(let offer): offer.isConfiguration ? 2 : 1
        case .perform(let perform): perform.configuration == nil ? perform.action.minimumVersion : 2
        case .compare, .read, .exchange, .replace, .countConnections, .takeSample, .gatherEvidence: 2
        }
    }
}

extension StepAction {
    fileprivate var minimumVersion: UInt64 {
        switch self {
        case .stage, .activate, .watch, .revert: 1
        case .runHook, .stop: 2
        }
    }
}
