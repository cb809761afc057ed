import FleetModel
import RolloutEngine
import Synchronization

@testable import Reporting

/// What a reporter printed.
final class Transcript: Sendable {
    private let collected = Mutex<[String]>([])

    var lines: [String] { collected.withLock { $0 } }

    var write: @Sendable (String) -> Void {
        { [self] line in collected.withLock { $0.append(line) } }
    }

    /// Escape characters made visible, so that the files can be read.
    var text: String { lines.map { $0.replacing("\u{1B}", with: "␛") + "\n" }.joined() }
}

/// Keeps what a terminal would show, a picture every two seconds of the rollout.
final class LiveViewRecorder: RolloutObserver {
    private let state: Mutex<(view: LiveView?, lastAt: Int64, nextAt: Int64)> = Mutex((nil, 0, 0))
    private let transcript: Transcript
    private let columns: Int
    private let style: Style

    init(columns: Int, style: Style, to transcript: Transcript) {
        self.columns = columns
        self.style = style
        self.transcript = transcript
    }

    func observe(_ news: RolloutNews) {
        state.withLock { state in
            if case .began(let engine, _) = news { state.view = LiveView(engine) }
            guard case .happened(_, let at, _) = news else {
                state.view?.take(news, at: elapsed(state.lastAt))
                return
            }
            state.lastAt = at.milliseconds
            state.view?.take(news, at: elapsed(at.milliseconds))
            guard at.milliseconds >= state.nextAt, let view = state.view else { return }
            transcript.write("--- \(at.spokenSeconds)")
            for line in view.lines(width: columns - 1, height: 12, at: elapsed(at.milliseconds), style: style) {
                transcript.write(line)
            }
            state.nextAt = at.milliseconds + 2000
        }
    }

    private func elapsed(_ milliseconds: Int64) -> Duration { .milliseconds(milliseconds) }
}
