import Analysis
import FleetModel
import RolloutEngine
import Subprocess
import SystemPackage
import TimeLimits

/// A person's program that measures, run where the coordinator runs.
struct AnalysisScript {
    /// Absolute path.
    let path: String
    /// Where it runs: the spec's directory.
    let directory: String
    /// What it is told beside the coordinator's own environment.
    let environment: [Environment.Key: String]

    /// For one measurement.
    private static let timeout: Duration = .seconds(30)
    /// Of its errors, in bytes.
    private static let errorLimit = 64 << 10

    /// What it printed.
    /// - Throws: how it failed.
    func run() async throws(Diagnostic) -> MetricLines {
        let result = await withTimeLimit(Self.timeout) { await execute() }
        guard let result else { throw Diagnostic("'\(path)' did not end within \(Self.timeout.spoken)") }
        return try MetricLines(try result.get())
    }

    private func execute() async -> Result<[UInt8], Diagnostic> {
        do {
            let result = try await Subprocess.run(
                .path(.init(path)), environment: .inherit.updating(environment.mapValues { .some($0) }),
                workingDirectory: .init(directory), platformOptions: HookProgram.ownSession, input: .none,
                output: .bytes(limit: MetricLines.maximumBytes), error: .bytes(limit: Self.errorLimit))
            if result.terminationStatus.isSuccess { return .success(result.standardOutput) }
            let errors = String(decoding: result.standardError, as: UTF8.self).printable(maximumBytes: 400)
            let line = errors.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
            return .failure(Diagnostic("'\(path)' failed (\(result.terminationStatus.spoken))\(line)"))
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            return .failure(Diagnostic("'\(path)' printed more than \(MetricLines.maximumBytes / 1024) KiB"))
        } catch {
            return .failure(Diagnostic("'\(path)' could not be run: \(error)".printable(maximumBytes: 400)))
        }
    }
}

extension AnalysisScript {
    /// The kernel starts no program with a longer string than 128 KiB (execve(2), MAX_ARG_STRLEN).
    private static let maximumValueBytes = 100 << 10

    init(_ script: String, of recipe: AnalysisRecipe, _ analysis: String, _ plan: RolloutPlan, _ sides: AnalysisSides) {
        path = absolutePath(script, in: recipe.directory)
        directory = recipe.directory
        var values: [Environment.Key: String] = [
            "COORD_ANALYSIS": analysis, "COORD_ROLLOUT": plan.rollout.text, "COORD_SERVICE": plan.service.text,
            "COORD_RELEASE": plan.release.text,
        ]
        let lists: [(Environment.Key, [HostName])] = [
            ("COORD_CANARY", sides.canary), ("COORD_BASELINE", sides.baseline),
        ]
        for (key, hosts) in lists {
            let text = hosts.map(\.text).joined(separator: " ")
            if text.utf8.count <= Self.maximumValueBytes { values[key] = text }
        }
        environment = values
    }
}
