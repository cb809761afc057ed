import FleetModel
import Foundation
import RolloutEngine
import Subprocess
import SystemPackage

/// What a coordinator's hook is told, in its environment.
struct HookEnvironment: Sendable {
    let values: [Environment.Key: String]

    init(hook: CoordinatorHook, engine: RolloutEngine) {
        let plan = engine.plan
        var values: [Environment.Key: String] = [
            "COORD_HOOK": hook.rawValue, "COORD_ROLLOUT": plan.rollout.text, "COORD_SERVICE": plan.service.text,
            "COORD_RELEASE": plan.release.text, "COORD_HOSTS": plan.hosts.map(\.name.text).joined(separator: " "),
        ]
        if let reason = engine.failureReason { values["COORD_REASON"] = reason }
        if case .betweenBatches(let batch) = engine.course { values["COORD_BATCH"] = "\(batch + 1)" }
        if case .finishing(let ending) = engine.course { values["COORD_VERDICT"] = ending.verdict.rawValue }
        self.values = values
    }
}

extension HookProgram {
    /// What is kept of a hook's output, in bytes.
    private static let outputLimit = 64 << 10

    /// Runs the program to its end, or kills it at the timeout.
    func run(_ environment: HookEnvironment, timeout: Duration) async -> HookOutcome {
        await withTaskGroup(of: HookOutcome?.self) { group in
            group.addTask { await run(environment) }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return nil
            }
            let first = await group.next().flatMap(\.self)
            group.cancelAll()
            return first ?? .failed("'\(path)' did not end within \(timeout.spoken)")
        }
    }

    private func run(_ environment: HookEnvironment) async -> HookOutcome {
        do {
            let result = try await Subprocess.run(
                .path(.init(path)), environment: .inherit.updating(environment.values.mapValues { .some($0) }),
                workingDirectory: .init(directory), output: .discarded, error: .string(limit: Self.outputLimit)
            )
            if result.terminationStatus.isSuccess { return .succeeded }
            let tail = result.standardError.printable(maximumBytes: 400)
            return .failed("'\(path)' ended with \(result.terminationStatus)" + (tail.isEmpty ? "" : ": \(tail)"))
        } catch {
            return .failed("'\(path)' could not be run: \(error)")
        }
    }
}
