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
            change when, step by step, the capacity at the worst moment, the way back, and how each file of the \
            configuration differs from what runs. Secrets are never shown. -o keeps the plan: coord rollout --plan \
            carries out exactly that one, or refuses and names what has changed since.

            Exit status: 0 whether there is something to do or not; where a rollout could not begin, as of \
            coord rollout.

            Examples:
              coord plan inventory.ini
              coord plan inventory.ini -o plan.json
              coord plan inventory.ini --limit 'web-1' --json
            """
    )

    @Option(
        name: .short,
        help: ArgumentHelp("Also write the plan here, to be approved and carried out.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var o: String?

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var specification: SpecOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let inventory = try await fleet.load()
        let (spec, directory) = try specification.load(beside: fleet.directory)
        let failed = state.failedHosts(of: spec.service, in: fleet.directory)
        let hosts = try RolloutHosts(of: spec, in: inventory, fleet, failed: failed)
        let facts = PlanFacts(
            spec, text: try specification.text(beside: fleet.directory), in: directory, hosts.selected, inventory)
        let report = try await withAgents(of: hosts.all, over: fleet.connection) { agents in
            let progress = ProgressCounter(of: hosts.selected.count, "answered", isQuiet: output.quiet)
            defer { progress.clear() }
            let preparation = RolloutPreparation(
                spec: spec, specDirectory: directory, stateDirectory: state.directory(in: fleet.directory),
                endpoints: hosts.selected, agents: agents, named: hosts.named,
                variables: TemplateVariables(of: hosts.selected.map(\.name), in: inventory),
                groupSize: hosts.groupSize,
                hostAnswered: progress.count)
            let prepared: PreparedRollout
            do throws(PreparationError) { prepared = try await preparation.rollout(newRolloutID()) } catch {
                throw Failure(error)
            }
            try prepared.job.plan.certify()
            if let o {
                try ApprovedPlan.write(PlanDocument(prepared.job.plan, from: facts.inputs(of: prepared)), to: o)
            }
            let changes = await ConfigurationReview(prepared, agents: agents).changes()
            var report = PlanReport(prepared.job.plan, changes)
            report.describe(prepared, spec, measuredIn: state.openIfPresent(in: fleet.directory))
            return report
        }
        show(report)
    }

    private func show(_ report: PlanReport) {
        let terminal = Terminal.standard
        if output.json { return terminal.print(report.jsonLine) }
        report.lines(style: output.resultStyle(on: terminal)).forEach(terminal.print)
        if let o, !output.quiet {
            terminal.complain("plan written: coord rollout \(fleet.inventory) --plan \(o) carries it out")
        }
    }
}
