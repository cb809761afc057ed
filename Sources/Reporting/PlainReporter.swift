import FleetModel
import RolloutEngine
import Synchronization

/// A rollout as plain lines, for logs and pipes: each begins with the seconds since the beginning.
public final class PlainReporter: RolloutReporter {
    private struct State {
        var narrator: Narrator?
        /// Nil before the first event: a rollout taken up again does not begin at 0.
        var at: RolloutInstant?
        /// When that event was heard of.
        var heardAt = ContinuousClock.now
        var toldAt = ContinuousClock.now
        var pending = PendingHosts()

        func elapsed(at now: ContinuousClock.Instant) -> RolloutInstant {
            RolloutInstant(milliseconds: (at?.milliseconds ?? 0) + (now - heardAt).wholeMilliseconds)
        }
    }

    private let style: Style
    private let isQuiet: Bool
    private let write: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// After so long without a word it is told what the rollout waits for, so that a log does not look dead.
    static let maximumSilence: Duration = .seconds(30)

    /// `isQuiet` leaves only what went wrong.
    public init(style: Style = .plain, isQuiet: Bool = false, write: @escaping @Sendable (String) -> Void) {
        self.style = style
        self.isQuiet = isQuiet
        self.write = write
    }

    public func observe(_ news: RolloutNews) {
        let lines = state.withLock { state in
            state.pending.take(news)
            let told = Self.narrations(of: news, &state).filter(isWanted)
            if !told.isEmpty { state.toldAt = .now }
            // Measurements come between events, which alone tell the rollout's time.
            let at: RolloutInstant? = if case .measured = news { state.elapsed(at: .now) } else { state.at }
            return spelled(told, at: at, state)
        }
        for line in lines { write(line) }
    }

    public func tick(ownsTerminal: Bool) { tick(at: .now) }

    func tick(at now: ContinuousClock.Instant) {
        let lines = state.withLock { state -> [String] in
            guard now - state.toldAt >= Self.maximumSilence else { return [] }
            state.toldAt = now
            return spelled(state.pending.narrations.filter(isWanted), at: state.elapsed(at: now), state)
        }
        for line in lines { write(line) }
    }

    private func spelled(_ told: [Narration], at instant: RolloutInstant?, _ state: State) -> [String] {
        let time = instant?.spokenSeconds ?? String(repeating: " ", count: RolloutInstant.spokenWidth)
        return told.compactMap { narration in state.narrator.map { time + "  " + $0.line(narration, style) } }
    }

    private static func narrations(of news: RolloutNews, _ state: inout State) -> [Narration] {
        switch news {
        case .began(let engine, let isResumed):
            let narrator = Narrator(engine)
            state.narrator = narrator
            return [narrator.opening(engine, isResumed: isResumed)]
        case .happened(let event, let at, let engine):
            state.at = at
            state.heardAt = .now
            return state.narrator?.tell(event, engine) ?? []
        case .waiting(let reason): return [state.narrator?.waiting(reason)].compactMap(\.self)
        case .noted(let text, let host): return state.narrator.map { [$0.noted(text, on: host)] } ?? []
        case .suspended(let suspension): return state.narrator.map { [$0.closing(suspension)] } ?? []
        case .measured(let measurement): return state.narrator?.measured(measurement) ?? []
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
