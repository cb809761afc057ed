import FleetModel
import Foundation
import Testing

@testable import RolloutSpec

/// docs/rollout-yaml.md and the folders of examples/ are held to what the code does.
@Suite struct ReferenceTests {
    private let root: URL
    private let reference: String

    init() throws {
        root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        reference = try String(contentsOf: root.appending(path: "docs/rollout-yaml.md"), encoding: .utf8)
    }

    /// The keys in the table under each heading, by the place that errors name.
    private var documented: [String: Set<String>] {
        var keys: [String: Set<String>] = [:]
        var place = ""
        for line in reference.split(separator: "\n") {
            if line.hasPrefix("## ") {
                let title = line.dropFirst(3)
                place = title == "Top level" ? "at the top level" : "under '\(title.filter { $0 != "`" })'"
                keys[place] = []
            } else if line.hasPrefix("| `"), let cell = line.split(separator: "|").first {
                keys[place]?.formUnion(cell.matches(of: /`([a-z_]+)`/).map { String($0.1) })
            }
        }
        return keys
    }

    @Test func `the reference has every key of every section, and no other`() {
        let documented = documented
        for section in SpecVocabulary.sections {
            #expect(documented[section.place] == Set(section.keys), "\(section.place)")
        }
        #expect(Set(documented.keys) == Set(SpecVocabulary.sections.map(\.place)))
    }

    @Test func `every example of the reference is right`() throws {
        let blocks = reference.matches(of: /```yaml\n(.*?)```/.dotMatchesNewlines()).map { String($0.1) }
        #expect(blocks.count >= 20)
        for block in blocks {
            let text = block.hasPrefix("service:") ? block : "service: shop\nartifact: shop.tar\n" + block
            #expect(throws: Never.self, "\(block)") { try RolloutSpec(text: text, file: "rollout-yaml.md") }
        }
    }

    @Test(arguments: [
        ("recreate", "recreate"), ("rolling", "rolling"), ("canary", "canary"), ("blue-green-groups", "blue_green"),
        ("blue-green-instances", "blue_green"), ("a-b", "a_b"), ("shop", "rolling"), ("configured", "rolling"),
    ])
    func `every folder of examples is whole`(folder: String, strategy: String) throws {
        let directory = root.appending(path: "examples/\(folder)")
        let text = try String(contentsOf: directory.appending(path: "rollout.yaml"), encoding: .utf8)
        let spec = try RolloutSpec(text: text, file: "rollout.yaml")
        let name = try #require(Mirror(reflecting: spec.strategy).children.first?.label ?? "\(spec.strategy)")
        #expect(["blueGreen": "blue_green", "abTest": "a_b"][name] ?? name == strategy)
        let checks = spec.health.compactMap { if case .script(let path) = $0.probe { path.text } else { nil } }
        let metrics = spec.analyses.compactMap { if case .script(let path, _) = $0.metric { path.text } else { nil } }
        for script in checks + metrics {
            let path = directory.appending(path: script).standardized.path(percentEncoded: false)
            #expect(FileManager.default.isExecutableFile(atPath: path), "\(folder): \(script)")
        }
    }
}
