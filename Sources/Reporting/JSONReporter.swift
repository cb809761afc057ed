import Foundation
import RolloutEngine

/// A rollout as one JSON object a line; the schema is docs/json-events.md and only ever grows.
public final class JSONReporter: RolloutReporter {
    private let write: @Sendable (String) -> Void

    /// `write` takes each line, without its line feed.
    public init(write: @escaping @Sendable (String) -> Void) { self.write = write }

    public func observe(_ news: RolloutNews) {
        guard let line = JSONLine(news) else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings, numbers and lists of them: there is nothing in a line that could fail to encode.
        guard let bytes = try? encoder.encode(line) else { return }
        write(String(decoding: bytes, as: UTF8.self))
    }
}
