import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import RolloutEngine
import RolloutSpec

/// What a plan is made on, beside the hosts' own answers: the strategy, the balancers, and the side that changes.
struct RolloutGround {
    var strategy: Strategy
    var recipe: TrafficRecipe?
    /// Nil without balancers.
    var findings: TrafficSurvey.Findings?
    /// The side that takes no traffic, where the strategy has two.
    var idle: BlueGreen.Color?
    /// The instance that changes, where each host runs two.
    var color: RolloutSpec.Instances.Color?
    /// Of the service that changes.
    var definition: ServiceDefinition
    /// Of the instance that is retired, where that is another.
    var retired: ServiceDefinition?

    var hasIdleSide: Bool { idle != nil }

    /// Those of the hosts that change: of two groups, the idle one.
    func changing(of hosts: [HostName]) -> [HostName] {
        guard let idle, case .blueGreen(let blueGreen) = strategy, case .groups(let blue, let green) = blueGreen.sides
        else { return hosts }
        let members = Set(idle == .blue ? blue : green)
        return hosts.filter(members.contains)
    }
}

extension RolloutPreparation {
    /// Asks the balancers, where there are any, and finds out what is to change.
    func ground(_ strategy: Strategy) async throws(PreparationError) -> RolloutGround {
        // Mistakes in files are told before anybody is asked.
        _ = try definition(of: spec.strategy.instances.map { _ in .blue })
        try refusePartOfSides()
        let recipe = spec.traffic.map {
            TrafficRecipe($0, directory: specDirectory, balancers: named.balancers)
        }
        let group = named.group.isEmpty ? endpoints : named.group
        var findings: TrafficSurvey.Findings?
        if let recipe {
            let members = spec.members(on: group, at: named.addresses)
            let survey = TrafficSurvey(recipe, members: members, agents: agents, service: spec.service)
            findings = try await survey.run()
        }
        var idle: BlueGreen.Color?
        if case .blueGreen(let blueGreen) = strategy {
            do throws(PlanRefusal) { idle = try blueGreen.idleColor(in: findings?.plan) } catch { throw .refused(error) }
        }
        let color = spec.strategy.instances == nil ? nil : idle.map(RolloutSpec.Instances.Color.init)
        return RolloutGround(
            strategy: strategy, recipe: recipe, findings: findings, idle: idle, color: color,
            definition: try definition(of: color), retired: try color.map { color throws(PreparationError) in
                try definition(of: color.other)
            })
    }

    /// A switch moves the requests of the whole service.
    private func refusePartOfSides() throws(PreparationError) {
        guard case .blueGreen = spec.strategy, named.group.count > endpoints.count else { return }
        throw .refused(
            PlanRefusal(
                "\(endpoints.count) of the service's \(named.group.count) hosts are selected, and blue-green switches "
                    + "all of its traffic at once",
                hint: "select them all: leave --limit out"))
    }

    /// The values of the strategy's labels on each host.
    /// - Throws: ``PreparationError/spec(_:)``: hosts without a label that all have to have, or a label that none has.
    func domains() throws(PreparationError) -> [HostName: [String: String]] {
        var domains: [HostName: [String: String]] = [:]
        var problems: [Diagnostic] = []
        let labels = spec.strategy.labels
        for (label, isForAll) in labels.domains.map({ ($0, true) }) + labels.quorums.map({ ($0, false) }) {
            let values = named.labels[label.text] ?? [:]
            let missing = endpoints.map(\.name).filter { values[$0] == nil }
            for (host, value) in values { domains[host, default: [:]][label.text] = value }
            guard isForAll && !missing.isEmpty || missing.count == endpoints.count else { continue }
            problems.append(Self.problem(of: missing, without: label))
        }
        guard problems.isEmpty else { throw .spec(Diagnostics(problems)) }
        return domains
    }

    private static func problem(of hosts: [HostName], without label: LocatedText) -> Diagnostic {
        let names = hosts.prefix(10).map(\.text).joined(separator: ", ")
        let rest = hosts.count > 10 ? " and \(hosts.count - 10) more" : ""
        let verb = hosts.count == 1 ? "has" : "have"
        return Diagnostic(
            "\(names)\(rest) \(verb) no variable '\(label.text)' in the inventory", at: label.location,
            hint: "set it for each host or its groups, for example \(label.text)=a")
    }
}

extension HelperSurvey {
    /// Whom the job needs beside the hosts that have answered.
    init(_ job: RolloutJob, agents: [HostName: HostAgent], among reports: [HostName: HostReport]) {
        var roles: [HostName: ServiceDefinition] = [:]
        var needs: [HostName: String] = [:]
        for host in reports.keys {
            roles[host] = job.roles(of: host).dropFirst().first
            if job.traffic != nil { needs[host] = "taking a host out of the traffic" }
        }
        for helper in job.helpers.map(\.name) { roles[helper] = job.helperDefinition }
        for balancer in job.traffic?.balancers ?? [] { needs[balancer.name] = "speaking to a balancer" }
        if let schema = job.schema { needs[schema.host.name] = "running a schema hook" }
        self.init(agents: agents, roles: roles, needsNewAgent: needs)
    }
}
