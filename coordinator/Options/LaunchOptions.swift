import ArgumentParser
import HostConfiguration
import FleetModel
import HostAccess
import Inventory
import RolloutDriver
import RolloutSpec

/// What `coord rollout` and `coord rollback` have in common: hosts, spec, state, and how to begin.
struct LaunchOptions: ParsableArguments {
    @OptionGroup var fleet: FleetOptions
    @OptionGroup var specification: SpecOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: [.short, .long], help: "Do not ask before beginning; off a terminal nobody is asked.")
    var yes = false

    @Flag(help: "Take hosts over from a rollout that is not in this state folder.")
    var takeOver = false

    /// Prepares a rollout of the selected hosts with `prepare`, and drives it; where there is an approved plan, exactly
    /// that one.
    func run(
        _ approved: ApprovedPlan? = nil,
        _ prepare: (RolloutPreparation, RolloutID) async throws(PreparationError) -> PreparedRollout
    ) async throws -> ExitStatus {
        let inventory = try await fleet.load()
        let (spec, directory) = try specification.load(beside: fleet.directory)
        let failed = state.failedHosts(of: spec.service, in: fleet.directory)
        let hosts = try RolloutHosts(of: spec, in: inventory, fleet, failed: failed)
        let store = try state.open(in: fleet.directory)
        let facts = PlanFacts(
            spec, text: try specification.text(beside: fleet.directory), in: directory, hosts.selected, inventory)
        return try await withAgents(of: hosts.all, over: fleet.connection) { agents in
            let progress = ProgressCounter(of: hosts.selected.count, "answered", isQuiet: output.quiet)
            // Also where no host is asked because of a lock.
            defer { progress.clear() }
            let preparation = RolloutPreparation(
                spec: spec, specDirectory: directory, stateDirectory: state.directory(in: fleet.directory),
                endpoints: hosts.selected, agents: agents, named: hosts.named,
                variables: TemplateVariables(of: hosts.selected.map(\.name), in: inventory),
                groupSize: hosts.groupSize,
                hostAnswered: progress.count
            )
            let launch = RolloutLaunch(
                store: store, service: spec.service, inventory: fleet.inventory,
                artifacts: ArtifactDirectory(in: state.directory(in: fleet.directory)), agents: agents,
                output: output, stateArgument: state.argument(in: fleet.directory), asks: !yes, takesOver: takeOver
            )
            let approve = { (prepared: PreparedRollout) in
                guard let approved else { return prepared }
                progress.clear()
                let rollout = try approved.replacing(prepared, facts.inputs(of: prepared))
                if !output.json, !output.quiet { Terminal.standard.complain(approved.remark(on: rollout)) }
                return rollout
            }
            return try await launch.run(approving: approve) { id throws(PreparationError) in
                defer { progress.clear() }
                return try await prepare(preparation, id)
            }
        }
    }
}
