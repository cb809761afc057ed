import FleetModel
import RolloutEngine
import Synchronization

/// A rollout on a terminal: what happened scrolls by, and below it a view that is drawn again as things change.
public final class LiveReporter: RolloutReporter {
    private struct State {
        var view: LiveView?
        var narrator: Narrator?
        var area = RedrawnArea()
        var lastDrawn = Duration.zero
        var ownsTerminal = true
    }

    private let style: Style
    private let size: @Sendable () -> (columns: Int, rows: Int)
    private let write: @Sendable (String) -> Void
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// Between two drawings, so that a fast rollout does not spend its time on the terminal.
    private static let minimumRedrawInterval: Duration = .milliseconds(80)

    /// `size` asks the terminal; `write` takes text with control sequences.
    public init(
        style: Style, size: @escaping @Sendable () -> (columns: Int, rows: Int),
        write: @escaping @Sendable (String) -> Void
    ) {
        self.style = style
        self.size = size
        self.write = write
    }

    public func observe(_ news: RolloutNews) {
        let now = ContinuousClock.now - start
        state.withLock { state in
            if case .began(let engine, _) = news {
                state.view = LiveView(engine)
                state.narrator = Narrator(engine)
            }
            state.view?.take(news, at: now)
            let told = Self.narrations(of: news, &state)
            switch news {
            case .suspended, .ended:
                draw(told, isLast: true, &state, at: now)
                // After the end there is nothing to draw over.
                state.view = nil
            default:
                let isDue = now - state.lastDrawn >= Self.minimumRedrawInterval
                if isDue || !told.isEmpty { draw(told, isLast: false, &state, at: now) }
            }
        }
    }

    /// Draws the view again, or takes it off a terminal that others write to; what happened scrolls by all the same.
    public func tick(ownsTerminal: Bool) {
        let now = ContinuousClock.now - start
        state.withLock { state in
            let wasDrawn = !state.area.isEmpty
            state.ownsTerminal = ownsTerminal
            if ownsTerminal || wasDrawn { draw([], isLast: false, &state, at: now) }
        }
    }

    private static func narrations(of news: RolloutNews, _ state: inout State) -> [Narration] {
        switch news {
        case .began(let engine, let isResumed): state.narrator.map { [$0.opening(engine, isResumed: isResumed)] } ?? []
        case .happened(let event, _, let engine): state.narrator?.tell(event, engine).filter(\.isMilestone) ?? []
        case .waiting(let reason): [state.narrator?.waiting(reason)].compactMap(\.self)
        case .noted(let text, let host): state.narrator.map { [$0.noted(text, on: host)] } ?? []
        case .suspended(let suspension): state.narrator.map { [$0.closing(suspension)] } ?? []
        case .hostSaid, .sent, .ended: []
        }
    }

    private func draw(_ told: [Narration], isLast: Bool, _ state: inout State, at now: Duration) {
        guard let view = state.view, let narrator = state.narrator else { return }
        let (columns, rows) = size()
        let isShown = state.ownsTerminal && !isLast
        let lines =
            !isShown ? [] : view.lines(width: max(20, columns - 1), height: max(3, rows / 2), at: now, style: style)
        let told = told.flatMap { narrator.line($0, style).split(separator: "\n").map(String.init) }
        write(state.area.text(drawing: lines, below: told, columns: columns))
        state.lastDrawn = now
    }
}

extension Narration {
    /// Worth keeping on the screen when the view has moved on.
    fileprivate var isMilestone: Bool { tone == .bad || tone == .warning || host == nil }
}
