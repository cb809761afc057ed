import FleetModel
import Foundation
import RolloutEngine
import Subprocess
import SystemPackage

/// What a coordinator's hook is told, in its environment.
struct HookEnvironment: Sendable {
    let values: [Environment.Key: String]

    /// The kernel starts no program with a longer string than 128 KiB (execve(2), MAX_ARG_STRLEN).
    private static let maximumValueBytes = 100 << 10

    init(hook: CoordinatorHook, engine: RolloutEngine) {
        let plan = engine.plan
        var values: [Environment.Key: String] = [
            "COORD_HOOK": hook.spoken, "COORD_ROLLOUT": plan.rollout.text, "COORD_SERVICE": plan.service.text,
            "COORD_RELEASE": plan.release.text,
        ]
        let hosts = plan.hosts.map(\.name.text).joined(separator: " ")
        if hosts.utf8.count <= Self.maximumValueBytes { values["COORD_HOSTS"] = hosts }
        if let reason = engine.failureReason { values["COORD_REASON"] = reason }
        if case .betweenBatches(let batch) = engine.course { values["COORD_BATCH"] = "\(batch + 1)" }
        if case .finishing(let ending) = engine.course { values["COORD_VERDICT"] = ending.verdict.spoken }
        self.values = values
    }
}

extension HookProgram {
    /// What is kept of a hook's output, in bytes.
    private static let outputLimit: Int64 = 4 << 10

    /// Runs the program to its end, or kills it, and whatever it has started, at the timeout.
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
            // A file, not a pipe: a program that the hook leaves running would keep a pipe open.
            let output = try Self.namelessFile()
            defer { try? output.close() }
            let result = try await Subprocess.run(
                .path(.init(path)), environment: .inherit.updating(environment.values.mapValues { .some($0) }),
                workingDirectory: .init(directory), platformOptions: Self.ownSession,
                output: .fileDescriptor(output, closeAfterSpawningProcess: false),
                error: .fileDescriptor(output, closeAfterSpawningProcess: false)
            )
            if result.terminationStatus.isSuccess { return .succeeded }
            let ending =
                switch result.terminationStatus {
                case .exited(let status): "exit status \(status)"
                case .signaled(let number): "signal \(number)"
                }
            let tail = Self.tail(of: output)
            return .failed("'\(path)' ended with \(ending)" + (tail.isEmpty ? "" : ": \(tail)"))
        } catch {
            return .failed("'\(path)' could not be run: \(error)")
        }
    }

    /// Out of reach of the terminal's Ctrl-C, which is the rollout's to answer; all of it is killed together.
    static var ownSession: PlatformOptions {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
        return options
    }

    static func namelessFile() throws -> FileDescriptor {
        var name = Array((NSTemporaryDirectory() + "/coord-hook-XXXXXX").utf8CString)
        let number = mkstemp(&name)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        unlink(name)
        return FileDescriptor(rawValue: number)
    }

    private static func tail(of file: FileDescriptor) -> String {
        guard let size = try? file.seek(offset: 0, from: .end) else { return "" }
        var bytes = [UInt8](repeating: 0, count: Int(min(size, outputLimit)))
        let start = size - Int64(bytes.count)
        let read = try? bytes.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: start, into: $0) }
        return String(decoding: bytes.prefix(read ?? 0), as: UTF8.self).printable(maximumBytes: 400)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
