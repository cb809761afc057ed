import ArgumentParser
import FleetModel
import HostConfiguration
import Reporting
import RolloutDriver
import RolloutEngine
import RolloutSimulator
import RolloutSpec

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Play a rollout through on a virtual fleet; contact no host.",
        usage: "coord simulate <inventory> [options]",
        discussion: """
            Makes the plan for the inventory and the spec, and lets the engine that drives rollouts carry it out on \
            hosts that exist only in memory, in virtual time. Prints what would happen when, how many hosts serve at \
            the worst moment, and how it ends. The same seed makes the same run. Hosts are taken to be well and to \
            run --current, balancers to share requests out evenly, and of two sides blue to be active.

            Exit status: as coord rollout would have it; with --seeds, 0 where no promise was broken.

            Examples:
              coord simulate inventory.ini
              coord simulate inventory.ini --kill web-2@20s --sick web-4
              coord simulate inventory.ini --traffic-fails lb-1@1m --promote-after 5m
              coord simulate inventory.ini --seeds 1000
            """
    )

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var specification: SpecOptions
    @OptionGroup var faults: FaultOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("The release that every host runs; by default an older one.", valueName: "release"))
    var current: String?

    @Option(
        help: ArgumentHelp("Draws how long everything takes, and with --seeds what goes wrong.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp("Play that many runs with faults drawn by chance, and print the worst.", valueName: "number")
    )
    var seeds: Int?

    func validate() throws {
        guard let seeds else { return }
        guard (1...Self.maximumSeeds).contains(seeds) else {
            throw ValidationError("--seeds is a number from 1 to \(Self.maximumSeeds)")
        }
        if faults.isAny { throw ValidationError("--seeds draws the faults: name none beside it") }
    }

    private static let maximumSeeds = 1_000_000

    func run() async throws {
        let request = try await request()
        let plan: RolloutPlan
        do throws(PlanRefusal) { plan = try request.plan() } catch { throw Failure(.refused(error)) }
        let terminal = Terminal.standard
        let analyses = Set(plan.steps.compactMap { if case .analyse(let name) = $0 { name } else { nil } })
        let chosen = try faults.faults(
            among: plan.hosts.map(\.name), balancers: plan.traffic?.balancers ?? [], analyses: analyses)
        guard let seeds else {
            let scenario = Scenario(seed: seed, request: request, plan: plan, faults: chosen)
            throw SimulationReport(scenario, output, terminal).print()
        }
        let many = SimulatedRuns(
            count: seeds, from: seed, request: request, plan: plan, promotion: faults.promoteAfter)
        throw many.print(output, on: terminal)
    }

    private func request() async throws -> PlanRequest {
        let inventory = try await fleet.load()
        let (spec, directory) = try specification.load(beside: fleet.directory)
        let hosts = try RolloutHosts(of: spec, in: inventory, fleet, failed: nil)
        guard let rollout = RolloutID("simulated"), let older = ReleaseID("older") else {
            preconditionFailure("words of letters are names")
        }
        guard let current = current.map({ ReleaseID($0) }) ?? older else {
            throw Failure("--current is no name of a release", status: .usage)
        }
        let preparation = RolloutPreparation(
            spec: spec, specDirectory: directory, stateDirectory: directory, endpoints: hosts.selected, agents: [:],
            named: hosts.named, groupSize: hosts.groupSize)
        do throws(PreparationError) {
            return try preparation.assumedRequest(rollout, current: current)
        } catch { throw Failure(error) }
    }
}
