import Foundation
import Testing

/// A kept transcript. `RECORD_GOLDEN=1 swift test --filter TESTS` records those of a target anew: read the
/// difference. Each target that has some has its own `Golden` folder and a link to this file.
struct GoldenFile {
    let name: String

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden")

    func expect(_ text: String) throws {
        let file = Self.folder.appending(path: name)
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            Issue.record("recorded \(name): read the difference, then run again without RECORD_GOLDEN")
            return
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        let (keptLines, lines) = (kept.split(separator: "\n"), text.split(separator: "\n"))
        let first = zip(keptLines, lines).first { $0 != $1 }.map { "kept:    \($0)\nprinted: \($1)" }
        #expect(kept == text, "\(name) differs; first:\n\(first ?? "one has more lines")")
    }
}
