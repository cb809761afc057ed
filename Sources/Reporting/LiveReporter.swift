import FleetModel
import RolloutEngine
import Synchronization

/// A rollout on a terminal: what happened scrolls by, and below it a view that is drawn again as things change.
public final class LiveReporter: RolloutObserver {
    private struct State {
        var view: LiveView?
        var narrator: Narrator?
        var drawnLines = 0
        var lastDrawn = Duration.zero
    }

    private let style: Style
    private let size: @Sendable () -> (columns: Int, rows: Int)
    private let write: @Sendable (String) -> Void
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// Between two drawings, so that a fast rollout does not spend its time on the terminal.
    private static let minimumRedrawInterval: Duration = .milliseconds(80)
    /// How often the clock is drawn when nothing happens.
    public static let tickInterval: Duration = .milliseconds(250)

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
            if case .began(let engine, let isResumed) = news {
                state.view = LiveView(engine)
                state.narrator = Narrator(plan: engine.plan)
                show(state.narrator.map { [$0.opening(isResumed: isResumed)] } ?? [], &state)
            }
            state.view?.take(news, at: now)
            switch news {
            case .happened(let event, _, let engine):
                let told = state.narrator?.tell(event, engine) ?? []
                show(told.filter { $0.isMilestone }, &state)
                redraw(&state, at: now, isForced: false)
            case .suspended, .ended: erase(&state)
            case .began, .hostSaid, .sent: redraw(&state, at: now, isForced: false)
            }
        }
    }

    /// Draws the view again: call it every ``tickInterval`` while the rollout runs.
    public func tick() {
        let now = ContinuousClock.now - start
        state.withLock { redraw(&$0, at: now, isForced: true) }
    }

    private func show(_ narrations: [Narration], _ state: inout State) {
        guard !narrations.isEmpty else { return }
        erase(&state)
        let width = state.narrator?.hostWidth ?? 0
        for narration in narrations { write(narration.line(style, hostWidth: width) + "\n") }
    }

    private func redraw(_ state: inout State, at now: Duration, isForced: Bool) {
        guard let view = state.view, isForced || now - state.lastDrawn >= Self.minimumRedrawInterval else { return }
        let (columns, rows) = size()
        let lines = view.lines(width: max(20, columns - 1), height: max(3, rows / 2), at: now, style: style)
        erase(&state)
        write(lines.joined(separator: "\n") + "\n")
        state.drawnLines = lines.count
        state.lastDrawn = now
    }

    /// Back to the view's first line, and clear from there to the end of the screen (ECMA-48 CUU, ED).
    private func erase(_ state: inout State) {
        if state.drawnLines > 0 { write("\u{1B}[\(state.drawnLines)A\r\u{1B}[J") }
        state.drawnLines = 0
    }
}

extension Narration {
    /// Worth keeping on the screen when the view has moved on.
    fileprivate var isMilestone: Bool { tone == .bad || tone == .warning || host == nil }
}
