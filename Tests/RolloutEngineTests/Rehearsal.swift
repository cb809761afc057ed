import FleetModel
import PlanCensus
import RolloutEngine

/// Plays a rollout by hand: tells the engine what happened, and keeps what it asked for.
struct Rehearsal {
    var engine: RolloutEngine
    /// What the last event led to.
    var actions: [Action] = []
    var now = RolloutInstant.zero

    init(_ plan: RolloutPlan) { engine = RolloutEngine(plan: plan) }

    /// Hosts `a`, `b`, `c`… that run the old release, batch by batch.
    init(batches: [String], unavailable: Int = 100, _ adjust: (inout RolloutPolicy) -> Void = { _ in }) {
        var policy = RolloutPolicy(maximumParallel: 100, maximumUnavailable: unavailable)
        adjust(&policy)
        let names = batches.map { $0.map { Fleet.name(String($0)) } }
        self.init(
            RolloutPlan(
                rollout: Fleet.rollout, service: Fleet.service, release: Fleet.release, digest: Fleet.newDigest,
                strategy: .rolling, hosts: names.flatMap(\.self).map { Fleet.host($0) }, batches: names, policy: policy
            )
        )
    }

    mutating func tell(_ event: Event) { actions = engine.handle(event, at: now) }

    /// The hosts, one letter each, that did it well.
    mutating func succeed(_ operation: HostOperation, _ hosts: String) {
        for host in hosts { tell(.operationFinished(operation, on: Fleet.name(String(host)), .succeeded)) }
    }

    mutating func fail(_ operation: HostOperation, _ host: String, _ kind: HostFailure.Kind = .other) {
        tell(.operationFinished(operation, on: Fleet.name(host), .failed(HostFailure(kind, "it broke"))))
    }

    /// Starts the rollout and brings the release onto all hosts.
    mutating func begin() {
        tell(.rolloutStarted)
        let staging = asked(.stage)
        succeed(.stage, staging)
    }

    /// From being asked to activate to being found healthy.
    mutating func update(_ hosts: String) {
        succeed(.activate, hosts)
        succeed(.watch, hosts)
    }

    /// Each host says what it runs.
    mutating func inspect(new: String = "", old: String = "", isInService: Bool = true) {
        for host in new { see(host, Fleet.newPath, Fleet.newDigest, isInService) }
        for host in old { see(host, Fleet.oldPath, Fleet.oldDigest, isInService) }
    }

    private mutating func see(_ host: Character, _ current: String, _ digest: Digest, _ isInService: Bool) {
        let observation = HostObservation(current: current, currentDigest: digest, isInService: isInService)
        tell(.operationFinished(.inspect, on: Fleet.name(String(host)), .observed(observation)))
    }

    /// The hosts, one letter each, of which the last event's actions ask this.
    func asked(_ operation: HostOperation) -> String {
        actions.compactMap { action in
            if case .perform(operation, let name, _, _) = action { name.text } else { nil }
        }.joined()
    }

    /// At which attempt the last event's actions ask this.
    func attempt(_ operation: HostOperation) -> Int? {
        actions.compactMap { if case .perform(operation, _, let attempt, _) = $0 { attempt } else { nil } }.first
    }

    func phase(_ host: String) -> HostProgress.Phase? {
        engine.hosts.first { $0.planned.name.text == host }?.phase
    }

    var suspension: Suspension? {
        actions.compactMap { if case .suspend(let suspension) = $0 { suspension } else { nil } }.first
    }

    var waitReason: String? {
        actions.compactMap { if case .wait(let reason) = $0 { reason } else { nil } }.first
    }

    var ending: Ending? {
        actions.compactMap { if case .end(let ending) = $0 { ending } else { nil } }.first
    }

    var hooks: [CoordinatorHook] {
        actions.compactMap { if case .runHook(let hook) = $0 { hook } else { nil } }
    }
}

/// The names in every fleet of these tests.
enum Fleet {
    static let oldPath = "1.4.1"
    static let newPath = "1.4.2"
    static let rollout = valid(RolloutID("r-1"))
    static let service = valid(ServiceName("shop"))
    static let release = valid(ReleaseID(newPath))
    static let oldDigest = PlanGallery.oldDigest
    static let newDigest = PlanGallery.newDigest

    static func name(_ text: String) -> HostName { valid(HostName(text)) }

    static func host(_ name: HostName, isSick: Bool = false, isCurrent: Bool = false) -> PlannedHost {
        PlannedHost(
            name: name, current: isCurrent ? newPath : oldPath, currentDigest: isCurrent ? newDigest : oldDigest,
            isSick: isSick
        )
    }

    static func request(_ hosts: [PlannedHost], _ strategy: Strategy) -> PlanRequest {
        PlanRequest(
            rollout: rollout, service: service, release: release, digest: newDigest, hosts: hosts, strategy: strategy
        )
    }

    private static func valid<Value>(_ value: Value?) -> Value {
        guard let value else { preconditionFailure("a name of the test's own is not valid") }
        return value
    }
}
