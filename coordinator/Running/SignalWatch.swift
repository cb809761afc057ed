import Dispatch
import Foundation

/// Ctrl-C and its relatives: the first asks the rollout to stop at a safe point, the second leaves at once.
final class SignalWatch {
    private let sources: [any DispatchSourceSignal]
    private let watched: [Int32]

    private static let signals = [SIGINT, SIGTERM, SIGHUP]

    /// - Parameter onSecond: said before the program leaves.
    init(onFirst: @escaping @Sendable () -> Void, onSecond: @escaping @Sendable () -> Void = {}) {
        let counter = Counter()
        // What the caller has us ignore stays ignored: SIGHUP under nohup(1), SIGINT behind a shell's '&'.
        watched = Self.signals.filter { !Self.isIgnored($0) }
        sources = watched.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: counter.queue)
            source.setEventHandler { @Sendable in
                guard counter.increment() > 1 else { return onFirst() }
                onSecond()
                _exit(ExitStatus.interrupted.rawValue)
            }
            source.resume()
            return source
        }
    }

    /// What the caller has us ignore (signal(7), SIG_IGN) is not ours to handle.
    static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0, let handler = action.__sigaction_handler.sa_handler else {
            return false
        }
        // Functions can't be compared, and SIG_IGN is none: it is the address 1.
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// From now on a signal ends the program, as it does by default.
    func stop() {
        sources.forEach { $0.cancel() }
        for number in watched { signal(number, SIG_DFL) }
    }

    /// Counts on its own queue only.
    private final class Counter: @unchecked Sendable {  // `count` is touched on `queue` alone, which is serial
        let queue = DispatchQueue(label: "signals")
        private var count = 0

        func increment() -> Int {
            count += 1
            return count
        }
    }
}
