import FleetModel
import RolloutEngine
import Synchronization

/// A rollout as plain lines, for logs and pipes: each begins with the seconds since the beginning.
public final class PlainReporter: RolloutObserver {
    private let style: Style
    private let isQuiet: Bool
    private let write: @Sendable (String) -> Void
    private let narrator = Mutex<Narrator?>(nil)

    /// `isQuiet` leaves only what went wrong.
    public init(style: Style = .plain, isQuiet: Bool = false, write: @escaping @Sendable (String) -> Void) {
        self.style = style
        self.isQuiet = isQuiet
        self.write = write
    }

    public func observe(_ news: RolloutNews) {
        switch news {
        case .began(let engine, let isResumed):
            let narrator = Narrator(plan: engine.plan)
            self.narrator.withLock { $0 = narrator }
            tell([narrator.opening(isResumed: isResumed)], at: .zero, hostWidth: 0)
        case .happened(let event, let at, let engine):
            let (narrations, width) = narrator.withLock { narrator -> ([Narration], Int) in
                (narrator?.tell(event, engine) ?? [], narrator?.hostWidth ?? 0)
            }
            tell(narrations, at: at, hostWidth: width)
        case .suspended(.interrupted): write("interrupted: nothing more is started")
        case .suspended(.paused(let reason)): write("paused: \(reason)")
        case .hostSaid, .sent, .ended: break
        }
    }

    private func tell(_ narrations: [Narration], at instant: RolloutInstant, hostWidth: Int) {
        for narration in narrations where !isQuiet || narration.tone == .bad || narration.tone == .warning {
            write(instant.spokenSeconds + "  " + narration.line(style, hostWidth: hostWidth))
        }
    }
}

extension RolloutInstant {
    /// `   12.3s`
    var spokenSeconds: String {
        let text = "\(milliseconds / 1000).\(milliseconds % 1000 / 100)s"
        return String(repeating: " ", count: max(0, 7 - text.count)) + text
    }
}
