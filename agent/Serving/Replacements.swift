import AgentProtocol

/// The files of the host's that are being replaced: one change of a path at a time.
///
/// Why no untested file stays, whatever is cut short: before the file is touched, a record of it is made durable; it
/// goes when the new file has passed its test and is in use, and that is when the request is answered. What still has a
/// record when an agent starts gets its old file back, and the server takes that over. Who asked gets no answer then,
/// and asks again.
final class Replacements {
    private let environment: AgentEnvironment
    /// By path.
    private var running: [String: Running] = [:]

    private struct Running {
        /// nil where an earlier agent's is undone.
        let request: ReplaceFile?
        var subscribers: [Subscriber] = []
    }

    init(_ environment: AgentEnvironment) { self.environment = environment }

    var isIdle: Bool { running.isEmpty }

    private var directory: String { environment.stateDirectory + "/replacements" }

    /// Undoes what an earlier agent left in the middle.
    func recover() throws(SystemError) {
        for pending in try PendingReplacement.all(in: directory) {
            Log.write("\(pending.path): its replacement was cut short; the old one comes back")
            running[pending.path] = Running(request: nil)
            FileReplacement(pending, directory: directory, environment: environment) { result in
                if result.ending == .notRestored { Log.write(result.problem) }
                self.end(pending.path, result)
            }.undo(because: Replacement(ending: .applyFailed, problem: "the agent or the host stopped in the middle"))
        }
    }

    func replace(_ request: ReplaceFile, for subscriber: Subscriber) {
        if let other = running[request.path] {
            guard other.request == request else { return refuse(subscriber, "\(request.path) is being replaced") }
            running[request.path]?.subscribers.append(subscriber)
            return
        }
        guard !environment.isDraining else { return refuse(subscriber, "the agent is about to end") }
        let file = ReplacedFile(path: request.path)
        do throws(SystemError) {
            let old = try file.status()
            // Before the record: what an earlier replacement left is not what this one would bring back.
            try file.dropOld()
            let pending = PendingReplacement(request, wasThere: old != nil)
            try pending.record(in: directory)
            running[request.path] = Running(request: request, subscribers: [subscriber])
            FileReplacement(pending, directory: directory, environment: environment) {
                self.end(request.path, $0)
            }.start(request, like: old)
        } catch {
            subscriber.reply(.replaced(Replacement(ending: .notWritten, problem: error.problem)))
        }
    }

    private func end(_ path: String, _ result: Replacement) {
        let ended = running.removeValue(forKey: path)
        for subscriber in ended?.subscribers ?? [] { subscriber.reply(.replaced(result)) }
        environment.onStepEnd()
    }

    private func refuse(_ subscriber: Subscriber, _ problem: String) {
        subscriber.reply(.refused(Refusal(reason: .busy, problem: problem)))
    }
}
