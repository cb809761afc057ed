import AgentClient
import AgentProtocol
import FleetModel
import RolloutEngine

extension AgentFleet {
    /// Longer than any migration that holds a rollout up should take.
    static let schemaTimeout: Duration = .seconds(3600)

    public func runSchemaHook(
        _ hook: SchemaHook, on host: HostName, observer: any RolloutObserver
    ) async throws(Superseded) -> HookOutcome {
        guard let program = schema?.programs[hook], let agent = agents[host] else {
            return .failed("the rollout has no \(hook.rawValue) script for \(host)")
        }
        do throws(AgentError) {
            let claim = try await claims.take(roles.first(host), on: agent, within: Self.requestDeadline)
            let hookToRun = SingleHook(
                name: hook.rawValue, content: program, release: plan.release.text,
                timeoutMilliseconds: UInt64(clamping: Self.schemaTimeout.wholeMilliseconds))
            let request = Perform(claim: claim, step: "schema-\(hook.rawValue)", action: .runHook(hookToRun))
            let report = await report(agent, to: observer)
            let result = try await agent.perform(
                request, deadline: Self.schemaTimeout + Self.requestDeadline, onProgress: report)
            return HookOutcome(await redacted(result))
        } catch {
            if let refusal = error.takeover { throw Superseded(host, refusal) }
            return .failed(error.description.printable(maximumBytes: 400))
        }
    }
}

extension HookOutcome {
    fileprivate init(_ result: StepResult) {
        guard result.ending != .succeeded else {
            self = .succeeded
            return
        }
        let problem = result.problem.isEmpty ? "\(result.ending)" : result.problem
        let output = String(decoding: result.output, as: UTF8.self)
        self = .failed((output.isEmpty ? problem : "\(problem): \(output)").printable(maximumBytes: 400))
    }
}
