import AgentClient
import AgentProtocol
import FleetModel
import HostAccess
import RolloutEngine
import RolloutSpec
import Traffic

/// Asks every balancer what it does. Changes nothing.
struct TrafficSurvey: Sendable {
    let recipe: TrafficRecipe
    let members: [TrafficMember]
    let agents: [HostName: HostAgent]
    let service: ServiceName

    /// What the survey has found.
    struct Findings: Sendable {
        var plan: TrafficPlan
        /// What a person should know of before a rollout begins.
        var notices: [String]
        /// Members that a person keeps out, by name, and how.
        var closures: [String: String] = [:]
    }

    init(_ recipe: TrafficRecipe, members: [TrafficMember], agents: [HostName: HostAgent], service: ServiceName) {
        (self.recipe, self.members, self.agents, self.service) = (recipe, members, agents, service)
    }

    /// - Throws: every balancer that can't be read, does not know a member, or differs from the others.
    func run() async throws(PreparationError) -> Findings {
        do throws(TrafficErrors) {
            let state = try await Balancers(try makeBalancers(), members: members).agreedState()
            let plan = TrafficPlan(
                balancers: recipe.balancers.map(\.name), members: members, initial: state.allocation,
                drainTimeout: recipe.settings.drainTimeout)
            return Findings(
                plan: plan, notices: state.notices + oddities(of: state),
                closures: state.members.compactMapValues(\.closure))
        } catch { throw problems(error) }
    }

    private func makeBalancers() throws(TrafficErrors) -> [any Balancer] {
        let role = ServiceDefinition(helping: service)
        do throws(TrafficError) {
            return try recipe.makeBalancers(for: members) { name in
                AgentBalancerHost(name, agents[name], claims: nil, as: role, takeover: Takeover())
            }
        } catch {
            // No balancer can be set up like this: it is said once.
            throw TrafficErrors([recipe.balancers.first?.name.text ?? "the script": error])
        }
    }

    private func oddities(of state: BalancerState) -> [String] {
        state.members.sorted { $0.key < $1.key }.compactMap { name, member in
            if member.condition == .maintenance { return "\(name) is in maintenance on the balancers, and stays so" }
            if member.isDrained { return "\(name) is drained on the balancers, and is admitted once it is changed" }
            let isMissing = member.condition == .down && member.weight > 0
            return isMissing ? "\(name) is down by the balancers' own checks" : nil
        }
    }

    private func problems(_ errors: TrafficErrors) -> PreparationError {
        let hosts = Dictionary(
            recipe.balancers.map { ($0.name.text, $0.name) }, uniquingKeysWith: { first, _ in first })
        let sorted = errors.byBalancer.sorted { $0.key < $1.key }
        let problems = sorted.compactMap { name, error in
            hosts[name].map { HostProblem($0, error.problem.printable(maximumBytes: 600), hint: error.hint) }
        }
        guard problems.count < sorted.count else { return .hosts(problems) }
        return .spec(
            Diagnostics(
                sorted.map { name, error in
                    Diagnostic("\(name): \(error.problem)".printable(maximumBytes: 600), hint: error.hint)
                }))
    }
}

extension TrafficSurvey.Findings {
    /// What takes no traffic as a rule is never drained, so nobody would admit it: a switch would lead to nobody.
    /// - Throws: ``PlanRefusal``: who would get traffic by the plan and is kept out.
    func refuseClosed(by plan: RolloutPlan, behind settings: RolloutSpec.Traffic) throws(PlanRefusal) {
        let idle = Set(plan.hosts.filter(\.isIdle).map(\.name))
        let shares = plan.steps.compactMap {
            if case .shiftTraffic(let allocation) = $0 { allocation.weights } else { nil }
        }
        let closed = self.plan.members.filter { member in
            idle.contains(member.host) && self.plan.initial.weights[member.name, default: 0] == 0
                && closures[member.name] != nil && shares.contains { $0[member.name, default: 0] > 0 }
        }.map(\.name)
        guard let first = closed.first else { return }
        let states = closed.map { "\($0) is \(closures[$0] ?? "")" }.joined(separator: ", ")
        let balancers = self.plan.balancers.map(\.text).joined(separator: " and ")
        let place = balancers.isEmpty ? "on the balancer" : "on \(balancers)"
        throw PlanRefusal(
            "\(states) \(place), and would get nothing when the traffic is to go there",
            hint: settings.remedy(forClosed: first))
    }
}

extension RolloutSpec.Traffic {
    fileprivate func remedy(forClosed member: String) -> String {
        switch balancers {
        case .haproxy(let haproxy):
            "on each balancer: 'set server \(haproxy.backend)/\(member) state ready'; with weight 0 it gets nothing yet"
        case .nginx(let nginx): "take the word 'drained' of \(member) out of \(nginx.file), and reload nginx"
        case .script: "have the balancer take \(member) in again, with weight 0"
        }
    }
}

extension RolloutSpec {
    /// What the balancers are expected to know: the hosts, or each host's two instances.
    func members(on hosts: [HostEndpoint], at addresses: [HostName: String]) -> [TrafficMember] {
        hosts.flatMap { host in
            let address = addresses[host.name] ?? host.address
            guard let instances = strategy.instances else {
                return traffic?.port.map {
                    [TrafficMember(name: host.name.text, host: host.name, address: address, port: $0)]
                } ?? []
            }
            return Instances.Color.allCases.map { color in
                TrafficMember(
                    name: "\(host.name)-\(color.rawValue)", host: host.name, address: address,
                    port: instances.port(of: color))
            }
        }
    }
}
