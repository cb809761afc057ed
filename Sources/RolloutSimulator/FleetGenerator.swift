import FleetModel
import RolloutEngine

/// Draws a fleet and a policy.
struct FleetGenerator {
    var random: SplitMix64
    /// Nil means a size drawn too.
    let size: Int?
    /// Every host well, and a policy that lets a rollout go through.
    let isCalm: Bool

    init(random: SplitMix64, size: Int?, isCalm: Bool) {
        self.random = random
        self.size = size
        self.isCalm = isCalm
    }

    func request(seed: UInt64) -> PlanRequest {
        var copy = self
        return copy.draw(seed: seed)
    }

    private mutating func draw(seed: UInt64) -> PlanRequest {
        let count =
            size ?? (random.chance(4) ? 50 : random.chance(50) ? random.number(in: 1...8) : random.number(in: 1...30))
        var request = PlanRequest(
            rollout: Names.rollout, service: Names.service, release: Names.release, digest: Names.newDigest,
            hosts: hosts(count), strategy: strategy()
        )
        request.minimumHealthyTime = .seconds(random.pick([1, 10, 10]))
        request.healthyDeadline = .seconds(random.pick([30, 60, 300]))
        request.progressDeadline = .seconds(random.pick([45, 120, 600, 600]))
        request.commandTimeout = .seconds(random.pick([10, 30, 90]))
        guard !isCalm else { return request }
        request.maximumFailures = FailureBudget(batch: random.chance(30) ? share() : nil, rollout: rolloutBudget())
        request.onFailure = random.pick([.rollback, .rollback, .rollback, .pause, .continue])
        if random.chance(40) { request.hooks = Set(CoordinatorHook.allCases.filter { _ in random.chance(50) }) }
        return request
    }

    private mutating func hosts(_ count: Int) -> [PlannedHost] {
        let sickRate = random.chance(30) ? 20 : 0
        let currentRate = random.chance(25) ? 30 : 0
        let offlineRate = random.chance(20) ? 15 : 0
        let emptyRate = random.chance(15) ? 40 : 0
        return (0..<count).map { index in
            let isSick = !isCalm && random.chance(sickRate)
            let name = Names.host(index)
            if !isCalm && random.chance(offlineRate) {
                return PlannedHost(name: name, current: nil, isSick: false, isOffline: true)
            }
            if !isCalm && random.chance(currentRate) {
                return PlannedHost(name: name, current: Names.newPath, currentDigest: Names.newDigest, isSick: isSick)
            }
            if !isCalm && random.chance(emptyRate) { return PlannedHost(name: name, current: nil, isSick: isSick) }
            return PlannedHost(name: name, current: Names.oldPath, currentDigest: Names.oldDigest, isSick: isSick)
        }
    }

    private mutating func strategy() -> Strategy {
        if !isCalm && random.chance(12) { return .recreate(Recreate()) }
        var rolling = Rolling()
        if random.chance(80) {
            rolling.stages = (0..<random.number(in: 1...3)).map { _ in
                random.chance(50) ? .count(random.number(in: 1...6)) : .percent(random.pick([1, 10, 25, 50, 100]))
            }
        }
        if random.chance(30) { rolling.maximumParallel = random.number(in: 1...4) }
        if random.chance(15) { return .rolling(rolling) }
        rolling.maximumUnavailable =
            random.chance(50) ? .count(random.number(in: 1...6)) : .percent(random.pick([10, 25, 50, 100]))
        if random.chance(20) { rolling.minimumHealthy = random.chance(50) ? .percent(50) : .count(1) }
        return .rolling(rolling)
    }

    private mutating func share() -> Share {
        random.chance(50) ? .count(random.number(in: 0...3)) : .percent(random.pick([0, 10, 34, 50]))
    }

    private mutating func rolloutBudget() -> Share? {
        random.chance(45) ? .count(0) : random.chance(85) ? share() : nil
    }
}

/// The names in every virtual fleet.
enum Names {
    static let oldPath = "1.4.1"
    static let newPath = "1.4.2"
    static let rollout = valid(RolloutID("r-simulated"))
    static let service = valid(ServiceName("shop"))
    static let release = valid(ReleaseID(newPath))
    static let oldDigest = valid(Digest(hex: String(repeating: "a", count: 64)))
    static let newDigest = valid(Digest(hex: String(repeating: "b", count: 64)))

    static func host(_ index: Int) -> HostName { valid(HostName("host-\(index + 1)")) }

    private static func valid<Value>(_ value: Value?) -> Value {
        guard let value else { preconditionFailure("a name of the simulator's own is not valid") }
        return value
    }
}
