import AgentClient
import AgentProtocol
import FleetModel
import Traffic

/// A balancer's host through its agent. Without claims it can only be looked at.
struct AgentBalancerHost: BalancerHost {
    private let name: HostName
    private let agent: HostAgent?
    private let claims: ServiceClaims?
    /// As what the host is claimed.
    private let role: ServiceDefinition
    private let takeover: Takeover

    /// For `nginx -t` and the reload, each.
    private static let commandTimeout: Duration = .seconds(30)
    /// Over what an exchange, or the commands, may take: a lost link is made anew.
    private static let margin: Duration = .seconds(20)

    init(_ name: HostName, _ agent: HostAgent?, claims: ServiceClaims?, as role: ServiceDefinition, takeover: Takeover)
    {
        (self.name, self.agent, self.claims) = (name, agent, claims)
        (self.role, self.takeover) = (role, takeover)
    }

    func exchange(_ text: String, with socket: BalancerSocket) async throws(TrafficError) -> String {
        let timeout = BalancerLimits.exchangeTimeout
        let answer = try await ask { (agent, claim) async throws(AgentError) in
            let question = Exchange(
                claim: claim, address: socket.description, text: text + "\n",
                timeoutMilliseconds: UInt64(clamping: timeout.wholeMilliseconds))
            return try await agent.exchange(question, deadline: timeout + Self.margin)
        }
        guard answer.problem.isEmpty else {
            throw TrafficError(
                .unreachable, "\(socket): \(answer.problem)".printable(maximumBytes: 400),
                hint: "see whether the balancer runs there and listens on \(socket)")
        }
        return String(decoding: answer.content, as: UTF8.self)
    }

    func readFile(_ path: String) async throws(TrafficError) -> String? {
        let content = try await ask { (agent, _) async throws(AgentError) -> FileContent? in
            do throws(AgentError) {
                let question = ReadFile(installDirectory: "", path: path)
                return try await agent.read(question, deadline: AgentFleet.requestDeadline)
            } catch {
                guard error.isAboutMissingFile else { throw error }
                return nil
            }
        }
        guard let content else { return nil }
        guard !content.isCut else { throw TrafficError(.unreadable, "'\(path)' is too large") }
        return String(decoding: content.content, as: UTF8.self)
    }

    func replaceFile(
        _ path: String, with content: String, test: String, apply: String
    ) async throws(TrafficError) {
        let result = try await ask { (agent, claim) async throws(AgentError) in
            guard let claim else { throw .refused(Refusal(reason: .invalid, problem: "'\(path)' is only looked at")) }
            let file = ReplaceFile(
                claim: claim, path: path, content: Array(content.utf8), test: test, apply: apply,
                timeoutMilliseconds: UInt64(clamping: Self.commandTimeout.wholeMilliseconds))
            return try await agent.replace(file, deadline: Self.commandTimeout * 3 + Self.margin)
        }
        guard result.ending != .succeeded else { return }
        let output = String(decoding: result.output, as: UTF8.self).printable(maximumBytes: 300)
        let problem = "'\(path)': \(result.problem)".printable(maximumBytes: 300)
        throw TrafficError(.refused, output.isEmpty ? problem : "\(problem): \(output)")
    }

    /// Claimed before the first thing that is asked, where there are claims.
    private func ask<Answer: Sendable>(
        _ question: (HostAgent, Claim?) async throws(AgentError) -> Answer
    ) async throws(TrafficError) -> Answer {
        guard let agent else { throw TrafficError(.unreachable, "the balancer's host has no endpoint") }
        do throws(AgentError) {
            // Nothing has begun yet, and a person waits: one without power is told as soon as any other host.
            if claims == nil { try await agent.connect(deadline: Preflight.contactDeadline) }
            let claim = try await claims?.take(role, on: agent, within: AgentFleet.requestDeadline)
            return try await question(agent, claim)
        } catch {
            if let refusal = error.takeover { takeover.note(Superseded(name, refusal)) }
            throw TrafficError(error)
        }
    }
}

extension AgentError {
    /// The system's words at the end of the agent's sentence (strerror(3): ENOENT, and ESRCH of procfs).
    fileprivate var isAboutMissingFile: Bool {
        guard case .refused(let refusal) = self, refusal.reason == .internalError else { return false }
        return ["No such file or directory", "No such process"].contains { refusal.problem.hasSuffix($0) }
    }
}

extension TrafficError {
    init(_ error: AgentError) {
        let kind: Kind = if case .refused = error { .refused } else { .unreachable }
        self.init(kind, error.description.printable(maximumBytes: 400), hint: error.hint)
    }
}
