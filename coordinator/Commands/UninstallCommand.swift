import AgentClient
import ArgumentParser
import FleetModel
import HostAccess
import Reporting
import SSHTransport

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
        let endpoints = hosts.endpoints
        let terminal = Terminal.standard
        let question = "Take the agent off \(counted(endpoints.count, "host"))?"
        guard yes || !terminal.isInteractive || terminal.confirm(question) else {
            throw Failure("not confirmed; nothing was changed", status: .failedUnchanged)
        }
        let problems = try await withConnector(to: hosts, over: fleet.connection) { connector in
            await uninstall(from: endpoints, with: AgentUninstaller(connector: connector))
        }
        guard problems.isEmpty else { throw failure(problems, of: endpoints.count) }
    }

    /// Says how each host went as soon as it is known; answers those that failed.
    private func uninstall(
        from endpoints: [HostEndpoint], with uninstaller: AgentUninstaller
    ) async -> [UninstallLine] {
        await withTaskGroup(of: UninstallLine.self) { group in
            for endpoint in endpoints {
                group.addTask {
                    do throws(InstallError) {
                        let result = try await uninstaller.uninstall(
                            from: endpoint, isForced: force, deadline: Self.deadline)
                        return UninstallLine(endpoint.name, .success(result))
                    } catch { return UninstallLine(endpoint.name, .failure(error)) }
                }
            }
            var problems: [UninstallLine] = []
            for await line in group {
                if !output.quiet || line.problem != nil {
                    Terminal.standard.print(output.json ? line.jsonLine : line.text(output.resultStyle(on: .standard)))
                }
                if line.problem != nil { problems.append(line) }
            }
            return problems
        }
    }

    private func failure(_ problems: [UninstallLine], of total: Int) -> Failure {
        var grouped = GroupedProblems()
        for line in problems.sorted(by: { $0.host < $1.host }) {
            grouped.add(GroupedProblems.Problem(line.problem ?? "", hint: line.hint), of: line.host)
        }
        var failure = Failure("", status: problems.contains(where: \.isHeld) ? .held : .failedUnchanged)
        failure.diagnostics = grouped.diagnostics
        failure.diagnostics.append(Diagnostic("the agent is still on \(problems.count) of \(total) hosts"))
        return failure
    }
}
