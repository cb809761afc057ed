import ArgumentParser
import HostConfiguration
import FleetModel
import Inventory
import Foundation
import HostAccess
import RolloutDriver
import RolloutEngine
import RolloutSpec

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a rollout would do, host by host and line by line; change nothing.",
        usage: "coord plan <inventory> [options]",
        discussion: """
            Asks the hosts as a rollout does, gets the secrets and renders the configuration, and prints who would \
            change when, and how each file of the configuration differs from what runs. Secrets are never shown.

            Exit status: 0 whether there is something to do or not; where a rollout could not begin, as of \
            coord rollout.

            Examples:
              coord plan inventory.ini
              coord plan inventory.ini --limit 'web-1' --json
            """
    )

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var specification: SpecOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let inventory = try await fleet.load()
        let (spec, directory) = try specification.load(beside: fleet.directory)
        let failed = state.failedHosts(of: spec.service, in: fleet.directory)
        let hosts = try RolloutHosts(of: spec, in: inventory, fleet, failed: failed)
        let report = try await withAgents(of: hosts.all, over: fleet.connection) { agents in
            let progress = ProgressCounter(of: hosts.selected.count, "answered", isQuiet: output.quiet)
            defer { progress.clear() }
            let preparation = RolloutPreparation(
                spec: spec, specDirectory: directory, stateDirectory: state.directory(in: fleet.directory),
                endpoints: hosts.selected, agents: agents, named: hosts.named,
                variables: TemplateVariables(of: hosts.selected.map(\.name), in: inventory),
                groupSize: hosts.groupSize,
                hostAnswered: progress.count)
            do throws(PreparationError) {
                let prepared = try await preparation.rollout(newRolloutID())
                let changes = await ConfigurationReview(prepared, agents: agents).changes()
                return PlanReport(prepared.job.plan, changes)
            } catch { throw Failure(error) }
        }
        let terminal = Terminal.standard
        if output.json { return terminal.print(report.jsonLine) }
        report.lines(style: output.resultStyle(on: terminal)).forEach(terminal.print)
    }
}
