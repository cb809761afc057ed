import AgentProtocol
import ArgumentParser
import FleetModel
import FleetOperations
import Foundation
import HostAccess
import RolloutDriver
import RolloutSpec

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "See whether every host is ready for a rollout; change nothing.",
        usage: "coord check <inventory> [options]",
        discussion: """
            Asks all hosts at once: can they be reached, is the host key known, does the login and sudo work, does \
            an agent answer and which, is there room on the disks, is the clock right; and with a spec, is the unit \
            there, which release runs, does a rollout hold the service; without --limit also the hosts of its \
            balancers. A host that is dead is told after 15 seconds.

            Exit status: 0 where every host is ready, 1 otherwise; a warning does not count.

            Examples:
              coord check inventory.ini
              coord check inventory.ini --limit new-servers
              coord check inventory.ini --json | jq -r 'select(.ready | not) | .host'
            """
    )

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var specification: SpecOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let inventory = try await fleet.load()
        let loaded = try specification.loadIfPresent(beside: fleet.directory)
        let hosts = try loaded.map { try RolloutHosts(of: $0.spec, in: inventory, fleet, failed: nil) }
        let selection = try hosts?.all ?? fleet.select(LocatedText("all"), from: inventory)
        let endpoints = hosts?.selected ?? selection.endpoints
        // Balancers, and the schema's host: nothing of the service is there to be looked at.
        let helpers = fleet.limit == nil ? hosts?.named.helpers(beside: endpoints) ?? [] : []
        let service = try loaded.map { try HostCheck.Service($0.spec, in: $0.directory, endpoints) }
        let progress = ProgressCounter(of: endpoints.count + helpers.count, "answered", isQuiet: output.quiet)
        let (findings, wasInterrupted) = try await untilInterrupted {
            try await withConnector(to: selection, over: fleet.connection) { connector in
                func findings(_ service: HostCheck.Service?, on endpoints: [HostEndpoint]) async -> [HostFindings] {
                    let check = HostCheck(
                        service, over: connector, coordinatorVersion: ProductVersion.text,
                        now: { Date().timeIntervalSince1970 })
                    return await check.findings(on: endpoints) { progress.count() }
                }
                async let ofHelpers = findings(nil, on: helpers)
                return await findings(service, on: endpoints) + ofHelpers
            }
        }
        progress.clear()
        guard !wasInterrupted else { throw Failure("interrupted before every host had answered", status: .interrupted) }
        CheckReport(findings, hasSpec: service != nil).print(output)
        throw findings.allSatisfy(\.isReady) ? ExitStatus.complete : ExitStatus.failedUnchanged
    }
}
