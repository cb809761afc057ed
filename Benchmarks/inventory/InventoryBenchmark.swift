import FleetModel
import Foundation
import Inventory
import InventoryLoading
import SSHConfig

/// Reads inventories of many hosts in every form, asks them what a rollout asks, and prints what that costs.
///
/// Hostile files follow: what counts there is that they end soon, whether they are refused or not.
@main struct InventoryBenchmark {
    static func main() async throws {
        guard let count = CommandLine.arguments.count == 1 ? 100_000 : Int(CommandLine.arguments[1]), count > 0 else {
            FileHandle.standardError.write(Data("usage: InventoryBenchmark [HOSTS]\n".utf8))
            exit(2)
        }
        let directory = FileManager.default.temporaryDirectory.appending(path: "inventory-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }

        var stopwatch = Stopwatch()
        stopwatch.printHeader()
        for (form, path) in try SampleFleet(count: count).write(to: directory) {
            stopwatch.restart()
            let inventory = try await InventoryLoader.load([.path(path)], workingDirectory: directory.path)
            stopwatch.report(form, result: "\(inventory.hosts.count) hosts")
            if form == SampleFleet.mainForm { try ask(inventory, &stopwatch) }
        }
        for (form, path) in try HostileFiles.write(to: directory) {
            stopwatch.restart()
            do {
                let inventory = try await InventoryLoader.load([.path(path)], workingDirectory: directory.path)
                stopwatch.report(form, result: "\(inventory.hosts.count) hosts")
            } catch {
                stopwatch.report(form, result: "refused")
            }
        }
    }

    private static func ask(_ inventory: Inventory, _ stopwatch: inout Stopwatch) throws {
        let everyList = { (_: String) throws(Diagnostic) in inventory.hosts.map(\.name.text).joined(separator: "\n") }
        for pattern in ["all", "group7:!*5.example.com", "~^web-0+[1-9]", "@list", "all[10:20]"] {
            stopwatch.restart()
            let selected = try inventory.select(pattern, list: everyList)
            stopwatch.report("  select \(pattern)", result: "\(selected.count) hosts")
        }
        stopwatch.restart()
        let variables = try inventory.hosts.map { try inventory.connectionVariables(of: $0.name) }
        stopwatch.report("  connection variables", result: "\(variables.count) hosts")
        var routes = SSHRouteFinder(
            config: .standard, source: SampleConfiguration(),
            facts: LocalFacts(home: "/home/me", user: "me", userID: 1000, hostName: "laptop", environment: [:]))
        for host in variables { _ = try routes.route(to: host.address) }
        stopwatch.report("  routes by ssh_config", result: "\(variables.count) hosts")
        let listing = inventory.list()
        stopwatch.report("  --list", result: "\(listing.utf8.count >> 20) MiB")
        _ = try inventory.graph(of: "all")
        stopwatch.report("  --graph", result: "")
    }
}

/// A configuration as people have them: some blocks, one of them with a bastion.
struct SampleConfiguration: SSHConfigSource {
    private static let text = """
        Host bastion
            HostName bastion.example.com
            User jump
        Host 10.0.* !10.0.0.1
            ProxyJump bastion
            IdentityFile ~/.ssh/fleet
        Match host "10.1.*,*.example.com"
            Port 2222
        Host *
            User deploy
            ConnectTimeout 10
            ServerAliveInterval 15
        """

    func paths(matching pattern: String) -> [String] { [] }

    func contents(of path: String, isGuarded: Bool) -> [UInt8]? { isGuarded ? Array(Self.text.utf8) : nil }
}
