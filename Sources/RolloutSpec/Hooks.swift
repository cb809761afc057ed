import FleetModel

extension RolloutSpec {
    /// Programs that run at fixed points of a rollout.
    public struct Hooks: Sendable, Hashable, Codable {
        /// Scripts, relative to the spec, that travel to each host and run there.
        public var onHosts: [HostHook: LocatedText] = [:]
        /// Programs, relative to the spec, that run where `coord` runs.
        public var onCoordinator: [CoordinatorHook: LocatedText] = [:]
    }

    /// The points of one host's deployment, in the order in which they come (CodeDeploy's lifecycle events).
    public enum HostHook: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
        case beforeBlockTraffic = "before_block_traffic"
        case blockTraffic = "block_traffic"
        case afterBlockTraffic = "after_block_traffic"
        case applicationStop = "application_stop"
        case beforeInstall = "before_install"
        case install
        case afterInstall = "after_install"
        case applicationStart = "application_start"
        case validateService = "validate_service"
        case beforeAllowTraffic = "before_allow_traffic"
        case allowTraffic = "allow_traffic"
        case afterAllowTraffic = "after_allow_traffic"
    }

    /// The points of the whole rollout.
    public enum CoordinatorHook: String, Sendable, Hashable, Codable, CaseIterable, CodingKeyRepresentable {
        case beforeRollout = "before_rollout"
        case afterBatch = "after_batch"
        case afterRollout = "after_rollout"
        case onFailure = "on_failure"
    }
}

extension RolloutSpec.Hooks {
    enum Key: SectionKey {
        case host(RolloutSpec.HostHook)
        case coordinator(RolloutSpec.CoordinatorHook)

        static let place = "under 'hooks:'"
        static let allCases =
            RolloutSpec.HostHook.allCases.map(Self.host) + RolloutSpec.CoordinatorHook.allCases.map(Self.coordinator)

        init?(rawValue: String) {
            if let hook = RolloutSpec.HostHook(rawValue: rawValue) {
                self = .host(hook)
            } else if let hook = RolloutSpec.CoordinatorHook(rawValue: rawValue) {
                self = .coordinator(hook)
            } else {
                return nil
            }
        }

        var rawValue: String {
            switch self {
            case .host(let hook): hook.rawValue
            case .coordinator(let hook): hook.rawValue
            }
        }
    }

    /// Nil with a finding.
    init?(_ field: Field) {
        guard let section = Section<Key>(field) else { return nil }
        for key in section.present {
            guard let path = section[key]?.line("the path of a script") else { continue }
            switch key {
            case .host(let hook): onHosts[hook] = path
            case .coordinator(let hook): onCoordinator[hook] = path
            }
        }
    }
}
