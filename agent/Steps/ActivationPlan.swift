import AgentProtocol

/// What an activation does, in order. The same definition always gives the same plan: the ledger names stages by their
/// number.
struct ActivationPlan {
    enum Stage: Equatable {
        case hook(Hook)
        case switchCurrent
        case restart
    }

    /// Where a crash left an activation, and what is right then.
    enum Resumption: Equatable {
        /// Nothing was touched.
        case nothingDone
        /// The old release is in place but hooks have run, or a hook was cut short: go back to what was.
        case undo
        /// The new release is in place: go on with this stage.
        case goOn(stage: Int)
    }

    let stages: [Stage]

    init(_ definition: ServiceDefinition) {
        let before = Self.hooks(
            definition,
            [.beforeBlockTraffic, .blockTraffic, .afterBlockTraffic, .applicationStop, .beforeInstall, .install])
        stages =
            before + [.switchCurrent] + Self.hooks(definition, [.afterInstall]) + [.restart]
            + Self.hooks(definition, [.applicationStart])
    }

    /// - Parameters:
    ///   - reached: The last stage that began; nil where none did.
    ///   - isSwitched: `current` points at the new release.
    func resumption(reached: Int?, isSwitched: Bool) -> Resumption {
        guard let reached, stages.indices.contains(reached) else { return .nothingDone }
        switch stages[reached] {
        // A hook may have done half of anything, and twice is worse.
        case .hook: return .undo
        case .switchCurrent:
            if isSwitched { return .goOn(stage: reached + 1) }
            return reached == 0 ? .nothingDone : .undo
        case .restart: return isSwitched ? .goOn(stage: reached) : .undo
        }
    }

    private static func hooks(_ definition: ServiceDefinition, _ points: [Hook.Point]) -> [Stage] {
        points.flatMap { point in definition.hooks.filter { $0.point == point }.map(Stage.hook) }
    }
}
