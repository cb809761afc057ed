import ArgumentParser
import FleetModel
import FleetOperations
import Foundation
import HostAccess
import RolloutSpec

/// Which lines of which unit's journal.
struct LogSelection: ParsableArguments {
    @Flag(name: [.short, .long], help: "Go on with what is logged from now on, until Ctrl-C.")
    var follow = false

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp(
            "The last so many of each host; 100 unless given, or all of --since.", valueName: "count"))
    var lines: Int?

    @Option(help: ArgumentHelp("Nothing older, for example 10m.", valueName: "time"), transform: timeSpan)
    var since: Duration?

    @Option(help: ArgumentHelp("This unit instead of the spec's.", valueName: "unit"))
    var unit: String?

    @Flag(help: "The agent's own unit instead.")
    var agent = false

    @OptionGroup var specification: SpecOptions

    private static let defaultLines = 100
    private static let agentUnit = "coord-agent.service"

    func validate() throws {
        guard unit == nil || !agent else { throw ValidationError("--unit and --agent exclude each other") }
        guard (0...JournalQuery.maximumLines).contains(lines ?? 0) else {
            throw ValidationError("-n takes a number from 0 to \(JournalQuery.maximumLines)")
        }
    }

    /// Nil where none is needed, and there is none.
    func loadSpec(beside directory: String) throws -> RolloutSpec? {
        if unit != nil || agent { return try specification.loadIfPresent(beside: directory)?.spec }
        let spec = try specification.load(beside: directory).spec
        guard case .systemd = spec.control else {
            throw Failure(
                "service \(spec.service) is run by 'commands:', not by systemd: coord knows no log of it",
                hint: "name a unit with --unit, or show its own log: coord exec INVENTORY -- tail -n 100 FILE",
                status: .usage)
        }
        return spec
    }

    func query(_ spec: RolloutSpec?, on endpoint: HostEndpoint) -> JournalQuery {
        JournalQuery(
            unit: unit(spec, on: endpoint),
            lines: lines ?? (since == nil ? Self.defaultLines : JournalQuery.maximumLines), since: since,
            follows: follow)
    }

    private func unit(_ spec: RolloutSpec?, on endpoint: HostEndpoint) -> JournalQuery.Unit {
        if agent { return endpoint.agentScope == .user ? .user(Self.agentUnit) : .system(Self.agentUnit) }
        if let unit { return .system(unit) }
        guard case .systemd(let unit, let isUserUnit) = spec?.control else { return .system(Self.agentUnit) }
        // journalctl(1) takes patterns: of two instances, the lines of both.
        let isOfInstances = spec?.strategy.instances != nil
        let units = isOfInstances ? unit.replacing("@.", with: "@*.", maxReplacements: 1) : unit
        return isUserUnit ? .user(units) : .system(units)
    }
}
