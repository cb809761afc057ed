import FleetModel

/// A plan for people and programs to read: every step with its hosts and shares of the traffic, the way back, and the
/// capacity at the worst moment.
public struct PlanSummary: Hashable, Sendable, Codable {
    /// One step; what does not concern it is nil or empty.
    public struct Step: Hashable, Sendable, Codable {
        /// Counted from 1.
        public var number: Int
        /// As the plan's own JSON names it: `change`, `restore`, `shift_traffic`, `pause`, `analyse`,
        /// `run_schema_hook` or `retire`.
        public var action: String
        /// Counted from 1.
        public var batch: Int?
        public var hosts: [HostName] = []
        /// By member, percent of the traffic, to a tenth.
        public var shares: [String: Double]?
        public var route: TrafficRoute?
        /// How many times its part in the beginning the busiest member gets, to a hundredth.
        public var busiestLoad: Double?
        /// Nil of a pause: until a person promotes.
        public var duration: String?
        public var analysis: AnalysisName?
        public var schemaHook: SchemaHook?

        fileprivate init(_ number: Int, _ action: String) {
            self.number = number
            self.action = action
        }
    }

    public var steps: [Step]
    /// What is done when it fails after the last host has changed; empty where nothing is rolled back.
    public var rollback: [Step]
    public var capacity: PlanCapacity
    /// What is allowed and yet worth a thought before it begins.
    public var warnings: [PlanWarning]

    public init(of plan: RolloutPlan) {
        steps = plan.steps.enumerated().map { Step($0 + 1, $1, in: plan) }
        rollback = Self.rollback(of: plan)
        capacity = PlanCapacity(of: plan)
        warnings = PlanWarning.warnings(of: plan)
    }

    /// By member, percent of the traffic, to a tenth.
    public static func percentages(of allocation: TrafficAllocation) -> [String: Double] {
        Step.shares(of: allocation).mapValues { ($0 * 1000).rounded() / 10 }
    }

    private static func rollback(of plan: RolloutPlan) -> [Step] {
        guard plan.policy.isReversible, !plan.batches.isEmpty || plan.traffic?.retreat != nil else { return [] }
        var steps: [PlanStep] = plan.traffic?.retreat.map { [.shiftTraffic($0)] } ?? []
        let idle = Set(plan.hosts.filter(\.isIdle).map(\.name))
        let backwards = plan.batches.indices.reversed()
        steps += backwards.filter { !idle.isSuperset(of: plan.batches[$0]) }.map { .restore(batch: $0) }
        // Spares, or the new side, go back only when they get no requests any more.
        if let initial = plan.initialAfterRestoring { steps.append(.shiftTraffic(initial)) }
        steps += backwards.filter { idle.isSuperset(of: plan.batches[$0]) }.map { .restore(batch: $0) }
        return steps.enumerated().map { Step($0 + 1, $1, in: plan) }
    }
}

extension RolloutPlan {
    /// The traffic as it was, where the way back ends with it.
    fileprivate var initialAfterRestoring: TrafficAllocation? {
        guard let traffic else { return nil }
        if let retreat = traffic.retreat { return retreat == traffic.initial ? nil : traffic.initial }
        let isShifted = steps.contains { if case .shiftTraffic = $0 { true } else { false } }
        return isShifted ? traffic.initial : nil
    }
}

extension PlanSummary.Step {
    fileprivate init(_ number: Int, _ step: PlanStep, in plan: RolloutPlan) {
        self.init(number, step.actionName)
        switch step {
        case .change(let index):
            batch = index + 1
            hosts = plan.batches[index]
        case .restore(let index):
            batch = index + 1
            hosts = plan.batches[index].reversed()
        case .shiftTraffic(let allocation): describe(allocation, plan.traffic?.initial)
        case .pause(let pause): duration = pause?.spoken
        case .analyse(let name): analysis = name
        case .runSchemaHook(let hook, let host):
            schemaHook = hook
            hosts = [host]
        case .retire(let names): hosts = names
        }
    }

    private mutating func describe(_ allocation: TrafficAllocation, _ initial: TrafficAllocation?) {
        let shares = Self.shares(of: allocation)
        self.shares = PlanSummary.percentages(of: allocation)
        route = allocation.route
        let before = initial.map(Self.shares) ?? [:]
        let loads = shares.compactMap { name, share in before[name].flatMap { $0 > 0 ? share / $0 : nil } }
        busiestLoad = loads.max().map { ($0 * 100).rounded() / 100 }
    }

    fileprivate static func shares(of allocation: TrafficAllocation) -> [String: Double] {
        let sum = allocation.weights.values.reduce(0.0) { $0 + Double($1) }
        return allocation.weights.mapValues { sum > 0 ? Double($0) / sum : 0 }
    }
}
