import ArgumentParser
import FleetModel
import Foundation
import HostAccess
import Inventory
import InventoryLoading
import RolloutSpec

/// Which hosts, and how to reach them.
struct FleetOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The inventory: a file (INI, YAML), a folder, a program that prints JSON, or hosts such as web1,web2,",
            valueName: "inventory"),
        completion: .file())
    var firstInventory: String?

    @Option(
        name: [.customShort("i"), .customLong("inventory")],
        help: ArgumentHelp(
            "An inventory, read after those named before; may be repeated.", valueName: "inventory"),
        completion: .file())
    var furtherInventories: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only hosts that also match, for example 'web*:!web-3', @file with a host a line, or @failed.",
            valueName: "pattern"))
    var limit: String?

    @Option(help: ArgumentHelp("Refuse unless exactly that many hosts are selected.", valueName: "number"))
    var expectHosts: Int?

    @OptionGroup var ssh: SSHConfigOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard !sources.isEmpty else {
            throw ValidationError("no inventory is named; name a file, a folder, or hosts such as web1,web2,")
        }
    }

    /// All inventories, in the order in which they are read.
    var sources: [String] { [firstInventory].compactMap(\.self) + furtherInventories }

    /// The inventory as a person named it; of several, their names.
    var inventory: String {
        guard sources.count > 1 else { return sources.first ?? "" }
        return sources.map { ($0 as NSString).lastPathComponent }.joined(separator: "+")
    }

    /// The hosts that the inventory, `pattern` and `--limit` select, in inventory order.
    func select(_ pattern: String) async throws -> HostSelection {
        try select(LocatedText(pattern), from: try await load())
    }

    /// The inventory itself.
    func load() async throws -> Inventory {
        do throws(Diagnostics) {
            let inventory = try await InventoryLoader.load(sources.map { InventorySource($0) })
            for file in inventory.encryptedFiles {
                Terminal.standard.complain("note: '\(file)' is encrypted by ansible-vault; its variables are not known")
            }
            return inventory
        } catch {
            throw Failure(error)
        }
    }

    /// The hosts of `inventory` that `pattern` and `--limit` select, in inventory order. `failed`: where `@failed` is
    /// looked up.
    func select(
        _ pattern: LocatedText, from inventory: Inventory, failed: FailedHosts? = nil
    ) throws -> HostSelection {
        do {
            let names = try selectNames(pattern, from: inventory, failed: failed)
            return try ssh.selection(of: names, in: inventory, over: connection)
        } catch let diagnostics as Diagnostics {
            throw Failure(diagnostics)
        }
    }

    /// The names of these hosts; exactly as many as `--expect-hosts` says.
    func selectNames(
        _ pattern: LocatedText, from inventory: Inventory, failed: FailedHosts? = nil
    ) throws -> [HostName] {
        do throws(Diagnostic) {
            let hosts = try inventory.select(pattern.text, at: pattern.location, limit: limit) {
                name throws(Diagnostic) in
                try list(name, failed: failed)
            }
            if let expectHosts, hosts.count != expectHosts { throw Self.unexpected(hosts, expected: expectHosts) }
            return hosts
        } catch {
            throw Failure(error)
        }
    }

    /// The hosts that the pattern selects, whatever `--limit` says.
    func selectAll(
        _ pattern: LocatedText, from inventory: Inventory, failed: FailedHosts? = nil
    ) throws -> [HostName] {
        do throws(Diagnostic) {
            return try inventory.select(pattern.text, at: pattern.location) { name throws(Diagnostic) in
                try list(name, failed: failed)
            }
        } catch {
            throw Failure(error)
        }
    }

    /// How these hosts are reached.
    func endpoints(of names: [HostName], in inventory: Inventory) throws -> HostSelection {
        do throws(Diagnostics) {
            return try ssh.selection(of: names, in: inventory, over: connection)
        } catch {
            throw Failure(error)
        }
    }

    private static func unexpected(_ hosts: [HostName], expected: Int) -> Diagnostic {
        let shown = hosts.prefix(20).map(\.text).joined(separator: " ") + (hosts.count > 20 ? " …" : "")
        return Diagnostic(
            "\(hosts.count) host\(hosts.count == 1 ? " is" : "s are") selected, not \(expected): \(shown)",
            hint: "change the pattern, --limit or --expect-hosts")
    }

    /// The text behind `@name` in a host pattern: a host or a pattern a line.
    private func list(_ name: String, failed: FailedHosts?) throws(Diagnostic) -> String {
        do {
            if name == "failed" {
                let failed = failed ?? FailedHosts(stateDirectory: absolute(".coord", in: absolute(directory)))
                return try failed.ofLastRollout().map(\.text).joined(separator: "\n")
            }
            return try readText(name, hint: "@ stands before the path of a file that has a host a line")
        } catch let failure as Failure {
            throw failure.diagnostics.first ?? Diagnostic("'\(name)' can't be read")
        } catch {
            throw Diagnostic("'\(name)' can't be read: \(error)")
        }
    }

    /// The folder that the spec and the state lie in, beside the first inventory: as the user named it, empty for the
    /// current one.
    var directory: String { sources.first.map { InventorySource($0).directory } ?? "" }
}
