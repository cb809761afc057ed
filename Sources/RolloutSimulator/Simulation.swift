import FleetModel
import RolloutEngine

/// Runs one scenario to its end in virtual time: a driver, a journal, hosts, people, and what befalls them.
///
/// The driver keeps its contract: one operation pending on a host, a new one supersedes it, and each is answered within
/// its deadline. The coordinator may die at any journal write; the engine is then rebuilt from the journal.
public struct Simulation {
    struct Request {
        var id: Int
        var name: VirtualHost.StepName
        var operation: HostOperation { name.operation }
        var wasDelivered = false
        /// What an admission gives the host's members.
        var weights: [String: Int] = [:]
    }

    enum Coordinator: Equatable {
        case driving
        /// Dead or suspended, and to come back.
        case away(since: Int64)
        case over
    }

    let scenario: Scenario
    let makeDecider: (RolloutPlan) -> any RolloutDecider
    var decider: any RolloutDecider
    var coordinator = Coordinator.driving
    var incarnation = 0
    var awayTime: Int64 = 0
    var journal: [(event: Event, instant: RolloutInstant, actions: [Action]?)] = []
    var writes = 0
    var suspension: Suspension?
    var suspensions = 0
    /// The coordinator is there, and waits for a person, for that reason.
    var waitReason: String?
    /// Left in the store, and not taken yet.
    var words: [OperatorRequest] = []

    var hosts: [VirtualHost]
    let indices: [HostName: Int]
    var requests: [Request?]
    var timerGenerations: [RolloutTimer: Int] = [:]
    /// As they really are, one for each balancer.
    var balancers: [TrafficAllocation]
    /// Restarted, and not told the whole allocation since.
    var hasForgotten: Set<Int> = []
    var agenda = Agenda()
    var now: Int64 = 0
    var ids = 0
    var random: SplitMix64
    var trace = Trace()

    /// What happened when this engine, made by `makeDecider` as often as it is rebuilt, met this scenario.
    public static func trace(of scenario: Scenario, makeDecider: @escaping (RolloutPlan) -> any RolloutDecider) -> Trace
    {
        var simulation = Simulation(scenario: scenario, makeDecider: makeDecider)
        return simulation.run()
    }

    private init(scenario: Scenario, makeDecider: @escaping (RolloutPlan) -> any RolloutDecider) {
        self.scenario = scenario
        self.makeDecider = makeDecider
        decider = makeDecider(scenario.plan)
        hosts = zip(scenario.plan.hosts, scenario.faults).map {
            VirtualHost(planned: $0, faults: $1, of: scenario.plan)
        }
        indices = Dictionary(uniqueKeysWithValues: scenario.plan.hosts.enumerated().map { ($1.name, $0) })
        requests = Array(repeating: nil, count: scenario.plan.hosts.count)
        random = scenario.random
        balancers = scenario.initialBalancers
        for (host, outage) in scenario.outages {
            agenda.add(.outage(host: host, until: outage.end, cutsPower: outage.cutsPower), at: outage.start)
        }
        if let crash = scenario.coordinatorCrash { agenda.add(.coordinatorCrash, at: crash) }
        for edge in scenario.windowEdges { agenda.add(.windowEdge, at: edge) }
    }

    private mutating func run() -> Trace {
        take(.rolloutStarted)
        tellHours()
        while coordinator != .over {
            guard let (time, happening) = agenda.next() else {
                note(.stalled)
                break
            }
            now = time
            happen(happening)
            if trace.records.count > maximumRecords || now > Self.maximumTime {
                note(.ranTooLong)
                break
            }
        }
        checkReplay()
        trace.eventCount = journal.count
        return trace
    }

    private mutating func happen(_ happening: Happening) {
        switch happening {
        case .delivery(let host, let request): deliver(request, to: host)
        case .stepEnd(let host, let step): endStep(step, on: host)
        case .reply(let host, let request, let outcome): reply(outcome, to: request, from: host)
        case .deadline(let host, let request): expire(request, on: host)
        case .recovery(let host): recover(host)
        case .death(let host):
            hosts[host].die()
            note(.died(hosts[host].planned.name))
        case .outage(let host, let end, let cutsPower): goDown(host, until: end, cutsPower: cutsPower)
        case .coordinatorCrash: die()
        case .news(let event, let incarnation):
            if coordinator == .driving && incarnation == self.incarnation { take(event) }
        case .echo(let event, let host, let attempt, let incarnation):
            // A driver no longer listens to an attempt when the next has begun.
            let isHeard = requests[host].map { $0.name.attempt == attempt } ?? true
            if coordinator == .driving && incarnation == self.incarnation && isHeard { take(event) }
        case .word(let request):
            words.append(request)
            takeWords()
        case .timer(let timer, let generation):
            if coordinator == .driving && (generation == timerGenerations[timer] || scenario.hasStaleTimers) {
                take(.timerFired(timer))
            }
        case .windowEdge: tellHours()
        case .coordinatorStart: start()
        }
    }

    mutating func note(_ fact: Trace.Fact) { trace.add(fact, at: now) }

    mutating func newID() -> Int {
        ids += 1
        return ids
    }

    /// Each operation and its answer, asked again after each of at most a dozen crashes, suspensions and retries.
    private var maximumRecords: Int { 500 + 400 * hosts.count }

    /// Every host after the other, each deadline used up, and all absences: 30 days are plenty, and no run that waits
    /// for ever ends before.
    private static var maximumTime: Int64 { 30 * 86_400_000 }
}
