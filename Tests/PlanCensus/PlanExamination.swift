import FleetModel
import RolloutEngine

/// What the checker says of a plan, and of the remedy where there is none.
public struct PlanExamination: Sendable {
    /// How many requests were planned, and how many were refused.
    public private(set) var planned = 0
    public private(set) var refused = 0
    /// The first few of the planners' mistakes, each with what was asked for.
    public private(set) var mistakes: [String] = []

    private static let maximumMistakes = 20

    public init() {}

    /// Plans it, and keeps what is wrong.
    public mutating func examine(_ request: PlanRequest) {
        do throws(PlanRefusal) {
            let plan = try request.plan()
            planned += 1
            note(PlanChecker.violations(in: plan).map(\.description), request)
        } catch {
            refused += 1
            guard let nearest = error.nearest else {
                if !Self.isRefusedForGood(request) { note(["refused without a remedy: \(error.problem)"], request) }
                return
            }
            var remedied = request
            remedied.strategy = nearest
            if let plan = try? remedied.plan() {
                note(PlanChecker.violations(in: plan).map { "nearest: \($0)" }, request)
            } else {
                note(["the remedy does not work: \(error.hint)"], request)
            }
        }
    }

    /// Of both.
    public mutating func add(_ other: Self) {
        planned += other.planned
        refused += other.refused
        mistakes = Array((mistakes + other.mistakes).prefix(Self.maximumMistakes))
    }

    private mutating func note(_ problems: [String], _ request: PlanRequest) {
        guard !problems.isEmpty, mistakes.count < Self.maximumMistakes else { return }
        let hosts = request.hosts.map { host in
            let kind = host.isOffline ? "x" : host.isSick ? "s" : host.isAlready(request.digest) ? "c" : "o"
            return kind + (host.domains["rack"] ?? "")
        }
        mistakes.append(
            "\(hosts.joined(separator: " ")) \(request.traffic == nil ? "" : "traffic ")\(request.strategy): "
                + problems.joined(separator: "; "))
    }

    /// No other capacity helps: balancers that there are not, a canary that shrinks or grows unseen, too few servers.
    private static func isRefusedForGood(_ request: PlanRequest) -> Bool {
        switch request.strategy {
        case .blueGreen: true
        case .abTest(let test): request.traffic == nil || test.match != nil && request.hosts.count == 1
        case .canary(let canary): canary.steps.contains(.setWeight(0))
        default: false
        }
    }
}
