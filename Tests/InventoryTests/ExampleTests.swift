import FleetModel
import Foundation
import Inventory
import Testing

@Suite struct ExampleTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../inventory/examples").standardizedFileURL

    static let names = [
        "addresses", "bluegreen", "datacentres", "minimal", "precedence", "racks", "values", "web",
    ]

    @Test(arguments: names) func `an example lists what stands beside it`(name: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: "\(name).ini"), encoding: .utf8)
        let listing = listing(of: try Inventory(text: text, file: "\(name).ini"))
        let golden = Self.folder.appending(path: "\(name).txt")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try listing.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(listing == (try String(contentsOf: golden, encoding: .utf8)))
    }

    @Test func `every example is tested`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(files.filter { $0.hasSuffix(".ini") }.sorted() == Self.names.map { "\($0).ini" })
    }

    @Test(arguments: names) func `the hosts of every example can be reached`(name: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: "\(name).ini"), encoding: .utf8)
        let inventory = try Inventory(text: text, file: "\(name).ini")
        for host in inventory.hosts { _ = try inventory.connectionVariables(of: host.name) }
    }
}

/// Groups with their depth, hosts and children; then hosts with their groups and variables, typed as in Python.
private func listing(of inventory: Inventory) -> String {
    var lines: [String] = []
    for group in inventory.groups {
        lines.append("[\(group.name)] depth \(group.depth) priority \(group.priority)")
        if !group.hosts.isEmpty { lines.append("  hosts: " + group.hosts.map(\.text).joined(separator: " ")) }
        if !group.children.isEmpty { lines.append("  children: " + group.children.joined(separator: " ")) }
    }
    for host in inventory.hosts {
        lines.append("\(host.name): " + inventory.groups(of: host.name).joined(separator: " < "))
        let variables = inventory.variables(of: host.name).sorted { $0.key < $1.key }
        lines += variables.map { "  \($0.key) = \(literal($0.value.value))  (line \($0.value.location.line))" }
    }
    return lines.joined(separator: "\n") + "\n"
}

private func literal(_ value: Value) -> String {
    switch value {
    case .string(let text), .unsafe(let text), .encrypted(let text): "'\(text)'"
    case .int(let number): "\(number)"
    case .double(let number): "\(number)"
    case .bool(let isTrue): isTrue ? "True" : "False"
    case .null: "None"
    case .list(let items): "[" + items.map(literal).joined(separator: ", ") + "]"
    case .dictionary(let entries):
        "{" + entries.sorted { $0.key < $1.key }.map { "'\($0)': \(literal($1))" }.joined(separator: ", ") + "}"
    }
}
