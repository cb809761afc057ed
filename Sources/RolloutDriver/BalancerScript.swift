import FleetModel
import Foundation
import Subprocess
import SystemPackage
import Traffic
import TimeLimits

/// A person's program that speaks to the balancers, run where the coordinator runs.
struct BalancerScript: BalancerProgram {
    /// Absolute path.
    let path: String
    /// Where it runs: the spec's directory.
    let directory: String

    /// For one question or one change.
    private static let timeout: Duration = .seconds(60)
    /// Of its errors, in bytes.
    private static let errorLimit = 64 << 10

    func run(argument: String, input: String) async throws(TrafficError) -> String {
        let result = await withTimeLimit(Self.timeout) { await execute(argument, input) }
        guard let result else {
            throw TrafficError(.unreachable, "'\(argument)' did not end within \(Self.timeout.spoken)")
        }
        return try result.get()
    }

    private func execute(_ argument: String, _ input: String) async -> Result<String, TrafficError> {
        do {
            // A file, not a pipe: Subprocess traps where a program ends without having read all of a pipe.
            let file = try HookProgram.namelessFile()
            defer { try? file.close() }
            try file.writeAll(input.utf8)
            try file.seek(offset: 0, from: .start)
            let result = try await Subprocess.run(
                .path(.init(path)), arguments: [argument], workingDirectory: .init(directory),
                platformOptions: HookProgram.ownSession, input: .fileDescriptor(file, closeAfterSpawningProcess: false),
                output: .bytes(limit: BalancerLimits.answerBytes), error: .bytes(limit: Self.errorLimit))
            if result.terminationStatus.isSuccess {
                return .success(String(decoding: result.standardOutput, as: UTF8.self))
            }
            let errors = String(decoding: result.standardError, as: UTF8.self).printable(maximumBytes: 400)
            let line = errors.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
            let status = result.terminationStatus.spoken
            return .failure(TrafficError(.refused, "'\(argument)' failed (\(status))\(line)"))
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            return .failure(TrafficError(.unreadable, "'\(argument)' printed too much"))
        } catch {
            let hint = "it must exist and be executable: chmod +x \(path)"
            return .failure(TrafficError(.refused, "'\(path)' could not be run: \(error)".printable(), hint: hint))
        }
    }
}
