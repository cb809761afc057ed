import ArgumentParser
import FleetModel
import Inventory
import InventoryLoading
import RolloutSpec

/// `coord inventory`: what the inventories say, in the form of `ansible-inventory`.
struct InventoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory",
        abstract: "Show hosts, groups and variables, as ansible-inventory does.",
        discussion: """
            Examples:
              coord inventory hosts.ini --graph
              coord inventory -i hosts.ini -i group.yaml --graph web --vars
              coord inventory hosts.ini --list --limit 'web:!web3'
              coord inventory inventories/prod/ --host web1
            """
    )

    @OptionGroup var fleet: FleetOptions

    @Argument(help: "With --graph: the group to begin at, instead of all.")
    var group: String?

    @Flag(help: "All groups, and the variables of all hosts, as JSON.")
    var list = false

    @Flag(help: "The groups and their hosts as a tree.")
    var graph = false

    @Option(help: ArgumentHelp("The variables of one host, as JSON.", valueName: "host"))
    var host: String?

    @Flag(help: "With --graph: the variables, too.")
    var vars = false

    func validate() throws {
        guard [list, graph, host != nil].count(where: \.self) == 1 else {
            throw ValidationError("Name one of --list, --graph and --host")
        }
        guard graph || !vars else { throw ValidationError("--vars goes with --graph") }
        guard graph || group == nil else { throw ValidationError("the group '\(group ?? "")' goes with --graph") }
    }

    mutating func run() async throws {
        if group == nil { group = takeGroup() }
        let inventory = try await fleet.load()
        do throws(Diagnostic) {
            if graph {
                Terminal.standard.print(try inventory.graph(of: group ?? "all", showsVariables: vars))
                return
            }
        } catch {
            throw Failure(error)
        }
        if let host {
            Terminal.standard.print(inventory.listing(of: try only(host, of: inventory)))
        } else {
            Terminal.standard.print(inventory.list(only: try selected(of: inventory)))
        }
    }

    /// As ansible-inventory has it: with the inventories behind `-i`, what stands alone is the group.
    private mutating func takeGroup() -> String? {
        guard graph, !fleet.furtherInventories.isEmpty, let word = fleet.firstInventory, !InventorySource(word).exists
        else {
            return nil
        }
        fleet.firstInventory = nil
        return word
    }

    /// Nil for all hosts, of which there may be none.
    private func selected(of inventory: Inventory) throws -> Set<HostName>? {
        guard fleet.limit != nil || fleet.expectHosts != nil else { return nil }
        return Set(try fleet.selectNames(LocatedText("all"), from: inventory))
    }

    private func only(_ pattern: String, of inventory: Inventory) throws -> HostName {
        let hosts = try fleet.selectNames(LocatedText(pattern), from: inventory)
        guard let host = hosts.first, hosts.count == 1 else {
            throw Failure(
                "--host takes one host; '\(pattern.printable())' selects \(hosts.count)",
                hint: "coord inventory --list shows several", status: .usage)
        }
        return host
    }
}
