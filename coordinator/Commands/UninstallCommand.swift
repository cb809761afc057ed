import AgentClient
import ArgumentParser
import FleetModel
import HostAccess
import Reporting

struct UninstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uninstall",
        abstract: "Take the agent off every host, in parallel.",
        usage: "coord uninstall <inventory> [options]",
        discussion: """
            Removes the agent's service, executable and state. Releases stay where they are, and services run on. Works
            where the agent is broken, and where there is none.

            Exit status: 0 where no agent is left, 5 where a rollout holds a host, 1 otherwise.

            Examples:
              coord uninstall inventory.ini --limit old-servers
              coord uninstall inventory.ini --limit web-3 --force
            """
    )

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Also from hosts that a rollout holds; that rollout can no longer end there.")
    var force = false

    @Flag(name: [.short, .long], help: "Do not ask before beginning.")
    var yes = false

    /// For one host, all steps together.
    private static let deadline: Duration = .seconds(120)

    func run() async throws {
        let hosts = try await fleet.select("all")
        let terminal = Terminal.standard
        let question = "Take the agent off \(counted(hosts.endpoints.count, "host"))?"
        guard yes || !terminal.isInteractive || terminal.confirm(question) else {
            throw Failure("not confirmed; nothing was changed", status: .failedUnchanged)
        }
        let failed = try await withConnector(to: hosts, over: fleet.connection) { connector in
            let uninstaller = AgentUninstaller(connector: connector)
            return await HostRound(output: output).run(on: hosts.endpoints) { [force] endpoint in
                do throws(InstallError) {
                    let result = try await uninstaller.uninstall(
                        from: endpoint, isForced: force, deadline: Self.deadline)
                    return UninstallLine(endpoint.name, .success(result))
                } catch { return UninstallLine(endpoint.name, .failure(error)) }
            }
        }
        guard failed.isEmpty else {
            throw HostRound.failure(
                failed, status: failed.contains(where: \.isHeld) ? .held : .failedUnchanged,
                conclusion: "the agent was not taken off \(failed.count) of \(hosts.endpoints.count) hosts")
        }
    }
}
