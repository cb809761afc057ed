import FleetModel
import Foundation
import Inventory
import InventoryLoading
import Testing

/// What we print is what ansible-inventory prints, to the byte.
@Suite struct AnsibleComparisonTests {
    /// Where the graph's variables differ, and why (inventory/GRAMMAR.md): the line that only Ansible prints, or we.
    static let namedDifferences: [String: String] = [
        // A host called like the group that holds it: Ansible sets its variables on the group.
        "bastion": "host and group of one name", "same-name": "host and group of one name",
        // Dates, and keys that are no text, are texts here.
        "yaml-values": "dates and keys as Python shows them",
        // Ansible shows no graph at all where a variable is encrypted or no template.
        "dynamic": "unsafe",
    ]

    private func inventory(_ corpus: CorpusCase) async throws -> Inventory {
        try await InventoryLoader.load(
            corpus.sources.map { InventorySource($0) }, workingDirectory: corpus.folder.path)
    }

    private func arguments(_ corpus: CorpusCase) -> [String] { corpus.sources.flatMap { ["-i", $0] } }

    @Test(arguments: CorpusCase.all) func `the list is the same`(corpus: CorpusCase) async throws {
        let theirs = try Ansible.inventory(arguments(corpus) + ["--list"], in: corpus.folder)
        let ours = try await inventory(corpus).list()
        #expect(theirs.contains("_meta"))
        #expect(ours + "\n" == theirs, "\(difference(ours, theirs))")
    }

    @Test(arguments: CorpusCase.all) func `the graph is the same`(corpus: CorpusCase) async throws {
        let showsVariables = Self.namedDifferences[corpus.name] == nil
        let flags = showsVariables ? ["--graph", "--vars"] : ["--graph"]
        let theirs = try Ansible.inventory(arguments(corpus) + flags, in: corpus.folder)
        let ours = try await inventory(corpus).graph(of: "all", showsVariables: showsVariables)
        #expect(theirs.hasPrefix("@all:"))
        #expect(ours + "\n" == theirs, "\(difference(ours, theirs))")
    }

    @Test func `one host and one group are shown alike`() async throws {
        let corpus = try #require(CorpusCase.all.first { $0.name == "cluster-yaml" })
        let inventory = try await inventory(corpus)
        let host = try #require(HostName("node3"))
        let theirs = try Ansible.inventory(arguments(corpus) + ["--host", "node3"], in: corpus.folder)
        #expect(inventory.listing(of: host) + "\n" == theirs)
        let graph = try Ansible.inventory(arguments(corpus) + ["--graph", "k8s_cluster"], in: corpus.folder)
        #expect(try inventory.graph(of: "k8s_cluster") + "\n" == graph)
    }

    static let limits = [
        "web", "web[0]", "web[-1]", "web[10:12]", "web[117:]", "web:&db", "all:!web", "db,web001", "~(web|db)00[1-3]",
        "web00?:db*", "w*,&live,!web[0:117]", "live[119:121]", "~web\\d{2}5$", "@LIST", "@LIST:!db1",
    ]

    @Test(arguments: limits) func `patterns select the same hosts`(pattern: String) async throws {
        let corpus = try #require(CorpusCase.all.first { $0.name == "wide" })
        let scratch = try Scratch()
        let list = try scratch.write("web001\n\ndb[0:1]\nweb005\n", to: "list")
        let limit = pattern.replacing("LIST", with: list)
        let theirs = try Ansible.inventory(arguments(corpus) + ["--list", "--limit", limit], in: corpus.folder)
        let inventory = try await inventory(corpus)
        let hosts = try? inventory.select("all", limit: limit) { name throws(Diagnostic) in
            (try? String(contentsOfFile: name, encoding: .utf8)) ?? ""
        }
        // What Ansible answers with nothing is an error here.
        let ours = inventory.list(only: Set(hosts ?? []))
        #expect(ours + "\n" == theirs, "\(difference(ours, theirs))")
    }

    /// The first line that differs, for a failure's message.
    private func difference(_ ours: String, _ theirs: String) -> String {
        let (ours, theirs) = (ours.components(separatedBy: "\n"), theirs.components(separatedBy: "\n"))
        let index = zip(ours, theirs).enumerated().first { $1.0 != $1.1 }?.offset ?? min(ours.count, theirs.count)
        let (mine, other) = (ours.dropFirst(index).first ?? "(end)", theirs.dropFirst(index).first ?? "(end)")
        return "line \(index + 1): ours \(mine), Ansible's \(other)"
    }
}
