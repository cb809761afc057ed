import Foundation
import Testing

@testable import Reporting

/// docs/json-events.md says what is printed: neither more nor less.
@Suite struct EventDocumentTests {
    private struct Section {
        var event: String
        var keys: Set<String>
        var examples: [String]
    }

    private let printed: [String] = Scenario.all.filter { !$0.name.hasSuffix("200") }.flatMap { scenario in
        let transcript = Transcript()
        _ = scenario.play { JSONReporter(write: transcript.write) }
        return transcript.lines
    }

    @Test func `every example is a line that is printed`() throws {
        let lines = Set(printed)
        for section in try sections() {
            #expect(!section.examples.isEmpty, "'\(section.event)' has no example")
            for example in section.examples {
                #expect(lines.contains(example), "not printed by any scenario: \(example)")
                #expect(try keys(of: example).event == section.event)
            }
        }
    }

    @Test func `every event and every key that is printed is documented`() throws {
        let documented = Dictionary(try sections().map { ($0.event, $0.keys) }, uniquingKeysWith: { first, _ in first })
        for line in printed {
            let (event, keys) = try keys(of: line)
            let known = try #require(documented[event], "the event '\(event)' is not documented")
            #expect(keys.isSubset(of: known), "'\(event)': \(keys.subtracting(known)) are not documented")
        }
    }

    @Test func `every documented key is printed somewhere`() throws {
        var seen: [String: Set<String>] = [:]
        for line in printed {
            let (event, keys) = try keys(of: line)
            seen[event, default: []].formUnion(keys)
        }
        for section in try sections() {
            // No scripted host says why a check does not pass yet.
            let unseen = section.keys.subtracting(seen[section.event] ?? [])
                .subtracting(section.event == "host_said" ? ["output"] : [])
            #expect(unseen.isEmpty, "'\(section.event)' never has \(unseen)")
        }
    }

    private func keys(of line: String) throws -> (event: String, keys: Set<String>) {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let hosts = object["hosts"] as? [[String: Any]] ?? []
        let nested = hosts.flatMap(\.keys).map { "hosts[].\($0)" }
        return (try #require(object["event"] as? String), Set(object.keys).subtracting(["event"]).union(nested))
    }

    private func sections() throws -> [Section] {
        let file = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/json-events.md")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n## `").dropFirst().map { text in
            let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
            let keys = rows.flatMap { row in
                row.split(separator: "|").first.map { $0.matches(of: /`([^`]+)`/).map { String($0.1) } } ?? []
            }
            return Section(
                event: String(text.prefix { $0 != "`" }), keys: Set(keys),
                examples: text.split(separator: "\n").filter { $0.hasPrefix("{") }.map(String.init))
        }
    }
}
