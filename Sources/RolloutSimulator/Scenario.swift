import FleetModel
import RolloutEngine

/// One world: a fleet, a policy, what goes wrong and what people do, all from one seed.
public struct Scenario: Sendable {
    public let seed: UInt64
    public let request: PlanRequest
    public internal(set) var plan: RolloutPlan
    /// In the plan's order.
    var faults: [HostFaults]
    /// By the number of the journal's write, counted from 0 over the whole run.
    public var crashes: [Int: CrashMoment] = [:]
    /// Asked for when the journal has that many events.
    var requests: [Int: OperatorRequest] = [:]
    /// What people do when the rollout is suspended, time after time; after the last they leave it.
    var answersToSuspension: [SuspensionAnswer] = []
    /// Percent of the runs of a hook that fail.
    var hookFailureRate = 0
    /// Percent of the words to a balancer that it does not take.
    var balancerFaultRate = 0
    /// Percent of the analyses that do not succeed.
    var sicknessRate = 0
    /// When the allowed hours end and begin, in turn; virtual milliseconds.
    var windowEdges: [Int64] = []
    /// A timer that was replaced may still be heard, as when both were due in the same moment.
    var hasStaleTimers = false
    /// By host: when its power or its link goes away.
    var outages: [Int: TimedOutage] = [:]
    /// When the coordinator dies, wherever it stands then.
    var coordinatorCrash: Int64?
    /// What these analyses tell, whatever is drawn.
    var verdicts: [AnalysisName: AnalysisVerdict] = [:]
    /// By balancer: from when on it takes no word.
    var balancerEnds: [Int: Int64] = [:]
    var people = People.answering
    /// Draws what happens by chance while the run goes on.
    var random: SplitMix64

    /// At which point of a journal write the coordinator dies.
    public enum CrashMoment: CaseIterable, Sendable {
        /// The event is lost.
        case beforeWrite
        /// The event is kept, and nothing that it led to has been done.
        case afterWrite
        /// The event is kept, and half of what it led to has been done.
        case amongActions
    }

    struct TimedOutage: Sendable {
        var start: Int64
        /// Nil: it never comes back.
        var end: Int64?
        var cutsPower: Bool
    }

    /// Whom the rollout waits for.
    enum People: Sendable {
        /// They say `answersToSuspension`, one after the other.
        case answering
        /// They promote so many milliseconds after they are asked to, or never, take up what a crash left, and leave
        /// everything else as it is.
        case promoting(after: Int64?)
    }

    enum SuspensionAnswer: Sendable { case resume, retry, abort, interrupt, promote }

    /// A script that speaks to balancers is one of them.
    var initialBalancers: [TrafficAllocation] {
        plan.traffic.map { Array(repeating: $0.initial, count: max(1, $0.balancers.count)) } ?? []
    }

    /// Nil where the fleet admits no plan: then `refusal` is what was said about it.
    public init(seed: UInt64, fleetSize: Int? = nil, isCalm: Bool = false) throws(PlanRefusal) {
        var random = SplitMix64(seed: seed)
        let weather = isCalm ? .calm : random.pick([Weather.calm, .breezy, .breezy, .stormy])
        let request = FleetGenerator(random: random.split(), size: fleetSize, isCalm: isCalm).request(seed: seed)
        var planned = (request: request, plan: try request.plan())
        if !isCalm {
            var own = random.split()
            if let course = StrategyGenerator.plan(request, &own) {
                planned = course
            } else {
                StepGenerator.enrich(&planned.plan, &own)
            }
        }
        let plan = planned.plan
        self.seed = seed
        self.request = planned.request
        self.plan = plan
        faults = plan.hosts.map { _ in
            var own = random.split()
            return HostFaults(random: &own, weather: weather, policy: plan.policy)
        }
        self.random = random.split()
        if !isCalm { drawPeople(&random) }
        guard !isCalm else { return }
        balancerFaultRate = random.pick([0, 0, 4, 20])
        sicknessRate = random.pick([0, 30, 60])
        if plan.traffic != nil, random.chance(5) { balancerEnds[0] = Int64(random.number(in: 0...600_000)) }
        guard plan.policy.hasWindow else { return }
        var edge: Int64 = 0
        windowEdges = (0..<2 * random.number(in: 1...3)).map { _ in
            edge += Int64(random.number(in: 1000...900_000))
            return edge
        }
    }

    private var expectedWrites: Int { 6 * plan.hosts.count + 4 }

    mutating func drawCrashes(_ random: inout SplitMix64) {
        guard random.chance(35) else { return }
        for _ in 1...random.number(in: 1...4) {
            crashes[random.number(in: 0...expectedWrites)] = random.pick(CrashMoment.allCases)
        }
    }

    private mutating func drawPeople(_ random: inout SplitMix64) {
        drawCrashes(&random)
        if random.chance(50) {
            for _ in 1...random.number(in: 1...4) {
                requests[random.number(in: 1...expectedWrites)] = random.pick([
                    .pause(), .pause(reason: "lunch"), .resume, .retry, .retry, .abort, .interrupt, .promote,
                    .skip(Names.host(random.number(in: 0...4))),
                ])
            }
        }
        answersToSuspension = (0..<random.number(in: 0...5)).map { _ in
            random.pick([.resume, .resume, .retry, .retry, .abort, .interrupt, .promote, .promote])
        }
        if random.chance(30) { hookFailureRate = random.pick([15, 50, 100]) }
        hasStaleTimers = random.chance(20)
    }
}
