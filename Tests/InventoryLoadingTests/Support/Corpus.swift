import Foundation
import InventoryLoading
import Testing

/// Inventories in the shapes of well-known projects, each with the sources as a person would name them.
struct CorpusCase: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [String]

    var testDescription: String { name }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpus")

    var folder: URL { Self.folder.appending(path: name) }

    /// The arguments with whole paths; a list of hosts stays as it is.
    var sources: [String] { arguments.map { $0.contains(",") ? $0 : folder.appending(path: $0).path } }

    static let all: [CorpusCase] = [
        "addresses": ["hosts.ini"], "anchors": ["hosts.yml"], "bastion": ["hosts.ini"], "cluster": ["hosts.ini"],
        "cluster-yaml": ["hosts.yaml"], "comments": ["hosts.ini"], "crlf": ["hosts.ini"], "debops": ["inventory"],
        "dynamic": ["cloud.py"], "dynamic-old": ["inventory.sh"], "forward": ["hosts.ini"],
        "host-list": ["h1, h2:22,10.0.0.1,"], "json": ["hosts.json"], "layers": ["base/hosts.ini", "over/hosts.yml"],
        "many-files": ["inventory"], "matrix": ["hosts"], "monitoring": ["hosts.yml"], "nested": ["hosts.yml"],
        "no-extension": ["inventory"], "openshift": ["hosts"], "plain": ["production"],
        "playbook-side": ["inv/hosts"], "priorities": ["hosts.ini"], "ranges": ["hosts.ini"],
        "same-name": ["hosts.ini"], "storage": ["hosts"], "ungrouped": ["hosts.ini"], "unicode": ["hosts.ini"],
        "values": ["hosts.ini"], "wide": ["hosts.ini"], "yaml-values": ["hosts.yml"],
    ].map { CorpusCase(name: $0.key, arguments: $0.value) }.sorted { $0.name < $1.name }
}
