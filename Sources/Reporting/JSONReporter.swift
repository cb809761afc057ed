import Foundation
import RolloutEngine
import Synchronization

/// A rollout as one JSON object a line; the schema is docs/json-events.md and only ever grows.
public final class JSONReporter: RolloutReporter {
    private struct State {
        var steps: [PlanSummary.Step] = []
        /// The one that was told last, counted from 0.
        var step: Int?
        var gate: Gate?
    }

    private let write: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// `write` takes each line, without its line feed.
    public init(write: @escaping @Sendable (String) -> Void) { self.write = write }

    public func observe(_ news: RolloutNews) {
        let lines = state.withLock { Self.lines(for: news, &$0) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for line in lines {
            // Strings, numbers and lists of them: there is nothing in a line that could fail to encode.
            guard let bytes = try? encoder.encode(line) else { continue }
            write(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func lines(for news: RolloutNews, _ state: inout State) -> [JSONLine] {
        var line = JSONLine(news)
        switch news {
        case .began(let engine, _): state.steps = PlanSummary(of: engine.plan).steps
        case .happened(_, let at, let engine):
            state.gate = engine.gate
            if case .forward(let step) = engine.course, step != state.step, state.steps.indices.contains(step) {
                state.step = step
                return [line, JSONLine(state.steps[step], at: at)].compactMap(\.self)
            }
        case .waiting: line?.gate = state.gate?.jsonName ?? "pause"
        default: break
        }
        return [line].compactMap(\.self)
    }
}
