/// All words of a spec, across its sections.
enum SpecVocabulary {
    /// Words of the design that a later version will know: an honest "not yet" rather than "unknown".
    static let postponed: Set<String> = ["confirm_within"]

    /// Every known key, by section.
    static let sections: [(place: String, keys: [String])] =
        [
            keys(of: RolloutSpec.Key.self), keys(of: RolloutSpec.ServiceControl.SystemdKey.self),
            keys(of: RolloutSpec.ServiceControl.CommandKey.self), keys(of: RolloutSpec.ConfigurationFile.Key.self),
            keys(of: RolloutSpec.SecretSource.Key.self), keys(of: RolloutSpec.EnvironmentFile.Key.self),
            keys(of: RolloutSpec.HealthCheck.Key.self), keys(of: RolloutSpec.FailureBudget.Key.self),
            keys(of: RolloutSpec.OnFailure.Key.self), keys(of: RolloutSpec.Hooks.Key.self),
            keys(of: RolloutSpec.Schema.Key.self),
        ] + strategies + traffic + analyses

    private static let strategies = [
        keys(of: RolloutSpec.Strategy.Key.self), keys(of: RolloutSpec.Strategy.Rolling.Key.self),
        keys(of: RolloutSpec.FailureDomain.Key.self), keys(of: RolloutSpec.Quorum.Key.self),
        keys(of: RolloutSpec.HostOrder.Key.self), keys(of: RolloutSpec.Strategy.Canary.Key.self),
        keys(of: RolloutSpec.Strategy.Canary.Step.Key.self), keys(of: RolloutSpec.Strategy.Canary.Step.PauseKey.self),
        keys(of: RolloutSpec.Strategy.BlueGreen.Key.self), keys(of: RolloutSpec.Strategy.BlueGreen.GroupKey.self),
        keys(of: RolloutSpec.Strategy.BlueGreen.InstanceKey.self), keys(of: RolloutSpec.Strategy.ABTest.Key.self),
        keys(of: RolloutSpec.Strategy.ABTest.MatchKey.self),
    ]

    private static let traffic = [
        keys(of: RolloutSpec.Traffic.Key.self), keys(of: RolloutSpec.Traffic.HAProxy.Key.self),
        keys(of: RolloutSpec.Traffic.Nginx.Key.self),
    ]

    private static let analyses = [
        keys(of: RolloutSpec.Analysis.Key.self), keys(of: RolloutSpec.Analysis.Metric.Key.self),
        keys(of: RolloutSpec.Analysis.Comparison.Key.self),
    ]

    /// Where a key that is misplaced belongs.
    static func place(of key: String) -> String? { sections.first { $0.keys.contains(key) }?.place }

    private static func keys<Key: SectionKey>(of type: Key.Type) -> (place: String, keys: [String]) {
        (Key.place, Key.allCases.map(\.rawValue))
    }
}
