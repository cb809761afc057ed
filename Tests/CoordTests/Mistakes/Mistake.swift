import Foundation
import Testing

/// A mistake that people make: what they have and type, and what is printed.
///
/// Kept as a transcript (Golden/Mistakes):
///
///     == the mistake
///     -- file
///     its text
///     $ command
///     what it prints
///     [exit status, where it is not 0]
///
/// What stands before the first mistake of a transcript is there for each of them.
struct Mistake: CustomTestStringConvertible, Sendable {
    enum Item: Sendable {
        case file(name: String, text: String)
        case command(String, prints: [String])
    }

    var title: String
    var preparation: [Item] = []
    var items: [Item] = []

    var testDescription: String { title }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden/Mistakes")

    /// Those of a transcript, in its order.
    static func all(in transcript: String) throws -> [Mistake] {
        let text = try String(contentsOf: folder.appending(path: transcript), encoding: .utf8)
        var cases = [Mistake(title: "preparation")]
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = lines.popFirst() {
            let rest = String(line.dropFirst(3))
            if line.hasPrefix("== ") {
                cases.append(Mistake(title: rest))
            } else if line.hasPrefix("-- ") {
                cases[cases.count - 1].items.append(.file(name: rest, text: takeBlock(&lines).joined(separator: "\n")))
            } else if line.hasPrefix("$ ") {
                cases[cases.count - 1].items.append(.command(String(line.dropFirst(2)), prints: takeBlock(&lines)))
            }
        }
        let preparation = cases.removeFirst().items
        for index in cases.indices { cases[index].preparation = preparation }
        return cases
    }

    /// The lines up to the next mark, without the empty ones at their end.
    private static func takeBlock(_ lines: inout ArraySlice<Substring>) -> [String] {
        let block = lines.prefix { line in !["== ", "-- ", "$ "].contains { line.hasPrefix($0) } }
        lines = lines.dropFirst(block.count)
        return block.reversed().drop(while: \.isEmpty).reversed().map(String.init)
    }
}

extension Mistake.Item {
    var text: String {
        switch self {
        case .file(let name, let text): "-- \(name)\n" + (text.isEmpty ? "" : text + "\n")
        case .command(let command, let prints): (["$ " + command] + prints).joined(separator: "\n") + "\n"
        }
    }
}
