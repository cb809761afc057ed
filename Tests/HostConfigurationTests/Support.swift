import HostConfiguration
import FleetModel
import Inventory
import Testing

@testable import RolloutSpec

/// Hosts with variables, and the files that a spec's lines ask for.
struct Scene {
    let inventory: Inventory
    var secrets: [String: String] = [:]

    init(_ text: String = "[web]\nweb-1 port=8080 peers=\"['a','b']\"\nweb-2 port=9090 debug=True\n") throws {
        inventory = try Inventory(text: text, file: "inventory.ini")
    }

    var hosts: [HostName] { inventory.hosts.map(\.name) }

    func renderer(_ files: [ConfigurationRecipe.File]) throws -> ConfigurationRenderer {
        var variables = TemplateVariables(of: hosts, in: inventory)
        variables.describe(["service": "shop", "release": "1.4"])
        let names = secrets.keys.sorted()
        let sources = names.map {
            RolloutSpec.SecretSource(origin: .environment(LocatedText($0)), name: $0, placement: nil)
        }
        let recipe = try ConfigurationRecipe(files: files, secrets: sources, variables: variables, directory: "/")
        return try ConfigurationRenderer(recipe, secrets: names.map { Secret(secrets[$0] ?? "") })
    }

    func template(_ text: String) -> ConfigurationRecipe.File { file(.template(text, file: "t.mustache")) }

    func file(_ content: ConfigurationRecipe.Content) -> ConfigurationRecipe.File {
        ConfigurationRecipe.File(
            content,
            at: RolloutSpec.Placement(
                path: LocatedText("config/file"), mode: nil, owner: nil, group: nil, replaces: false))
    }

    /// What a template becomes on the first host, or on another.
    func rendered(_ text: String, on host: String = "web-1") throws -> String {
        let files = try renderer([template(text)]).files(for: #require(HostName(host)))
        return String(decoding: try #require(files.first).content.exposed, as: UTF8.self)
    }

    /// What is wrong with a template, on all hosts.
    func problems(_ text: String) -> [String] {
        do {
            try renderer([template(text)]).check(hosts)
            return []
        } catch let error as Diagnostics {
            return error.all.map(\.description)
        } catch { return ["\(error)"] }
    }
}
