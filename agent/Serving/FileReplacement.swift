import AgentProtocol
import Glibc

/// One replacement of a file: in place, tested, taken over; or undone.
final class FileReplacement {
    private let pending: PendingReplacement
    private let directory: String
    private let environment: AgentEnvironment
    private let onEnd: (Replacement) -> Void

    /// - Parameters:
    ///   - pending: Recorded already in `directory`.
    ///   - onEnd: Called once, perhaps at once.
    init(
        _ pending: PendingReplacement, directory: String, environment: AgentEnvironment,
        onEnd: @escaping (Replacement) -> Void
    ) {
        (self.pending, self.directory, self.environment) = (pending, directory, environment)
        self.onEnd = onEnd
    }

    private var file: ReplacedFile { ReplacedFile(path: pending.path) }

    func start(_ request: ReplaceFile, like old: stat?) {
        do throws(SystemError) {
            if old != nil { try file.setAside() }
            try file.place(request.content, like: old)
        } catch {
            return restore(Replacement(ending: .notWritten, problem: error.problem))
        }
        run(request.test, as: "the test of \(pending.path)") { problem, output in
            if let problem {
                return self.restore(Replacement(ending: .testFailed, problem: problem, output: output))
            }
            self.apply()
        }
    }

    private func apply() {
        run(pending.apply, as: "the reload for \(pending.path)") { problem, output in
            if let problem {
                return self.undo(because: Replacement(ending: .applyFailed, problem: problem, output: output))
            }
            do throws(SystemError) {
                try self.file.keep()
                try self.pending.forget(in: self.directory)
                // Where it stays, the next replacement removes it.
                try? self.file.dropOld()
                self.onEnd(Replacement(ending: .succeeded))
            } catch {
                self.undo(because: Replacement(ending: .applyFailed, problem: error.problem))
            }
        }
    }

    /// Brings the old file back and has the server take it over: it may have taken over the new one.
    func undo(because failure: Replacement) {
        do throws(SystemError) {
            try file.putBack(wasThere: pending.wasThere)
        } catch {
            return onEnd(Self.notRestored(failure, error.problem))
        }
        run(pending.apply, as: "the reload for the old \(pending.path)") { problem, output in
            guard let problem else { return self.restore(failure) }
            // The old file is there, but whether it is in use is not known; nothing more can be done about it here.
            self.restore(
                Replacement(ending: .notRestored, problem: "\(failure.problem); then \(problem)", output: output))
        }
    }

    /// Where nobody has taken the new file over.
    private func restore(_ failure: Replacement) {
        do throws(SystemError) {
            try file.putBack(wasThere: pending.wasThere)
            try pending.forget(in: directory)
            onEnd(failure)
        } catch {
            onEnd(Self.notRestored(failure, error.problem))
        }
    }

    private static func notRestored(_ failure: Replacement, _ problem: String) -> Replacement {
        Replacement(ending: .notRestored, problem: "\(failure.problem); then \(problem)", output: failure.output)
    }

    /// `onEnd` gets nil where it succeeded, or there is nothing to run.
    private func run(
        _ text: String, as name: String, _ onEnd: @escaping (_ problem: String?, _ output: [UInt8]) -> Void
    ) {
        guard !text.utf8.isEmpty else { return onEnd(nil, []) }
        var command = Command.shell(text)
        command.environment = Surroundings.basicEnvironment
        do throws(SystemError) {
            try environment.children.run(command, timeout: max(1, pending.timeoutMilliseconds)) { ending in
                onEnd(ending.isSuccess ? nil : "\(name) \(ending.text)", ending.output)
            }
        } catch {
            onEnd(error.problem, [])
        }
    }
}
