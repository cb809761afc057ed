import FleetModel
import RolloutEngine
import Synchronization

/// A rollout as plain lines, for logs and pipes: each begins with the seconds since the beginning.
public final class PlainReporter: RolloutObserver {
    private struct State {
        var narrator: Narrator?
        /// Nil before the first event: a rollout taken up again does not begin at 0.
        var at: RolloutInstant?
    }

    private let style: Style
    private let isQuiet: Bool
    private let write: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// `isQuiet` leaves only what went wrong.
    public init(style: Style = .plain, isQuiet: Bool = false, write: @escaping @Sendable (String) -> Void) {
        self.style = style
        self.isQuiet = isQuiet
        self.write = write
    }

    public func observe(_ news: RolloutNews) {
        let lines = state.withLock { state in
            let told = Self.narrations(of: news, &state)
            let time = state.at?.spokenSeconds ?? String(repeating: " ", count: RolloutInstant.spokenWidth)
            return told.filter(isWanted).compactMap { narration in
                state.narrator.map { time + "  " + $0.line(narration, style) }
            }
        }
        for line in lines { write(line) }
    }

    private static func narrations(of news: RolloutNews, _ state: inout State) -> [Narration] {
        switch news {
        case .began(let engine, let isResumed):
            let narrator = Narrator(engine)
            state.narrator = narrator
            return [narrator.opening(engine, isResumed: isResumed)]
        case .happened(let event, let at, let engine):
            state.at = at
            return state.narrator?.tell(event, engine) ?? []
        case .waiting(let reason): return state.narrator.map { [$0.waiting(reason)] } ?? []
        case .suspended(let suspension): return state.narrator.map { [$0.closing(suspension)] } ?? []
        case .hostSaid, .sent, .ended: return []
        }
    }

    private func isWanted(_ narration: Narration) -> Bool {
        !isQuiet || narration.tone == .bad || narration.tone == .warning
    }
}

extension RolloutInstant {
    static let spokenWidth = 8

    /// `   12.3s`
    var spokenSeconds: String {
        let text = "\(milliseconds / 1000).\(milliseconds % 1000 / 100)s"
        return String(repeating: " ", count: max(0, Self.spokenWidth - text.count)) + text
    }
}
