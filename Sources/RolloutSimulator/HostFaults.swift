import RolloutEngine

/// All that goes wrong on one virtual host, drawn before the run, so that the world is the same whatever the engine
/// does.
public struct HostFaults: Sendable {
    /// How a release behaves once it runs.
    enum ReleaseBehaviour: Sendable {
        case healthy, unhealthy
        /// Answers some health checks and not others: in service off and on, never healthy for long enough.
        case flapping
        /// Found healthy, dies that many milliseconds later.
        case dies(after: Int64)
    }

    enum StepFault: Sendable { case failsBeforeSwitch, failsAfterSwitch }

    enum ReplyFault: Sendable {
        /// The link drops once; the driver asks again and gets the recorded result.
        case lostOnce
        /// The driver never learns what the host did, and says so in these words.
        case lost(HostFailure.Kind)
        /// The same answer comes twice.
        case repeated(after: Int64)
    }

    struct Outage: Sendable {
        /// The first operation of this kind that reaches the host brings it down.
        var operation: HostOperation
        /// Down before the operation has begun, or while it runs.
        var isBeforeStart: Bool
        /// Milliseconds; nil means for ever.
        var length: Int64?
        /// What ran stands still; otherwise just the link is gone and the host works on.
        var cutsPower: Bool
    }

    var newRelease = ReleaseBehaviour.healthy
    /// What ran before does not come back into service.
    var isOldReleaseBroken = false
    var isDiskFull = false
    var activation: StepFault?
    var restoration: StepFault?
    var replies: [HostOperation: ReplyFault] = [:]
    var outage: Outage?
    /// Whoever has it retried has mended it first.
    var isMendedForRetry = true
    /// Milliseconds that each operation takes on this host.
    var durations: [HostOperation: Int64] = [:]

    init(random: inout SplitMix64, weather: Weather, policy: RolloutPolicy) {
        let isSlow = random.chance(weather.rate)
        for operation in HostOperation.allCases {
            durations[operation] = Self.duration(of: operation, isSlow: isSlow, policy, &random)
        }
        guard random.chance(weather.rate) else { return }
        drawHealth(&random)
        drawSteps(&random)
        for operation in HostOperation.allCases where random.chance(8) {
            replies[operation] = random.pick([
                .lostOnce, .lost(.timedOut), .lost(.unreachable),
                .repeated(after: Int64(random.number(in: 0...90_000))),
            ])
        }
        if random.chance(35) { outage = Self.outage(&random) }
        isMendedForRetry = random.chance(60)
    }

    /// What is wrong with the host at that attempt.
    func at(attempt: Int) -> HostFaults {
        guard attempt > 1, isMendedForRetry else { return self }
        var mended = self
        (mended.newRelease, mended.isDiskFull, mended.activation) = (.healthy, false, nil)
        return mended
    }

    private mutating func drawHealth(_ random: inout SplitMix64) {
        if random.chance(35) {
            newRelease = random.pick([
                .unhealthy, .unhealthy, .flapping, .dies(after: Int64(random.number(in: 1...120_000))),
            ])
        }
        isOldReleaseBroken = random.chance(12)
    }

    private mutating func drawSteps(_ random: inout SplitMix64) {
        isDiskFull = random.chance(10)
        if random.chance(15) { activation = random.pick([.failsBeforeSwitch, .failsAfterSwitch]) }
        if random.chance(12) { restoration = random.pick([.failsBeforeSwitch, .failsAfterSwitch]) }
    }

    private static func outage(_ random: inout SplitMix64) -> Outage {
        // The agent alone dies, and is started again at once.
        if random.chance(25) {
            return Outage(
                operation: random.pick(HostOperation.allCases), isBeforeStart: random.chance(50),
                length: Int64(random.number(in: 500...3000)), cutsPower: true)
        }
        return Outage(
            operation: random.pick(HostOperation.allCases), isBeforeStart: random.chance(50),
            length: random.chance(40) ? nil : Int64(random.number(in: 1000...400_000)), cutsPower: random.chance(50)
        )
    }

    private static func duration(
        of operation: HostOperation, isSlow: Bool, _ policy: RolloutPolicy, _ random: inout SplitMix64
    ) -> Int64 {
        let usual: ClosedRange<Int> =
            switch operation {
            case .stage: 500...20_000
            case .activate, .revert: 200...8000
            case .watch, .watchReverted: 0...15_000
            case .drain: 100...20_000
            case .admit: 100...2000
            case .retire: 200...8000
            case .inspect, .finish: 10...300
            }
        var duration = Int64(random.number(in: usual))
        if operation == .watch || operation == .watchReverted {
            duration += policy.minimumHealthyTime.components.seconds * 1000
        }
        // Now and then longer than the coordinator waits: the host still does it, later.
        return isSlow ? duration * Int64(random.number(in: 2...40)) : duration
    }
}

/// How much goes wrong in a run, in percent of the hosts.
enum Weather: Sendable {
    case calm, breezy, stormy

    var rate: Int {
        switch self {
        case .calm: 0
        case .breezy: 12
        case .stormy: 45
        }
    }
}
