import Dispatch
import Foundation

/// Ctrl-C and its relatives: the first asks the rollout to stop at a safe point, the second leaves at once.
final class SignalWatch {
    private let sources: [any DispatchSourceSignal]

    init(onFirst: @escaping @Sendable () -> Void) {
        let counter = Counter()
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: counter.queue)
            source.setEventHandler { @Sendable in
                guard counter.increment() == 1 else { _exit(ExitStatus.interrupted.rawValue) }
                onFirst()
            }
            source.resume()
            return source
        }
    }

    func stop() { sources.forEach { $0.cancel() } }

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
