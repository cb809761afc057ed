import AgentClient
import AgentProtocol
import ArgumentParser
import FleetModel
import HostAccess
import Reporting
import SSHTransport

struct InstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Install or upgrade the agent on every host, in parallel.",
        usage: "coord install <inventory> [options]",
        discussion: """
            Root's agent is installed as root or through sudo; where the inventory says coord_agent=user, the login \
            user's own, which needs no privilege. systemd or runit starts it; where there is neither, the first \
            connection does. Hosts that have this version already are left alone; services are not touched, and a \
            step of a running rollout may end before its agent is replaced.

            Examples:
              coord install inventory.ini
              coord install inventory.ini --limit new-servers
              coord install inventory.ini --agent coord-agent-x86_64 --agent coord-agent-aarch64
            """
    )

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "The agent's static executable; once for each architecture. By default coord-agent beside coord.",
            valueName: "file"),
        completion: .file())
    var agent: [String] = []

    @Flag(help: "Also replace an agent that is newer than this coord.")
    var allowDowngrade = false

    @Flag(name: [.short, .long], help: "Do not ask before beginning.")
    var yes = false

    /// For one host, all steps together.
    private static let deadline: Duration = .seconds(120)

    func run() async throws {
        let hosts = try await fleet.select("all")
        let endpoints = hosts.endpoints
        let package = try AgentPackage(agent)
        let terminal = Terminal.standard
        let question = "Install the agent on \(counted(endpoints.count, "host"))?"
        guard yes || !terminal.isInteractive || terminal.confirm(question) else {
            throw Failure("not confirmed; nothing was changed", status: .failedUnchanged)
        }
        let problems = try await withConnector(to: hosts, over: fleet.connection) { connector in
            let installer = AgentInstaller(
                connector: connector, package: package, allowsDowngrade: allowDowngrade,
                coordinatorVersion: ProductVersion.text)
            return await install(on: endpoints, with: installer)
        }
        guard problems.isEmpty else { throw failure(problems, of: endpoints.count) }
    }

    /// Says how each host went as soon as it is known; answers those that failed.
    private func install(on endpoints: [HostEndpoint], with installer: AgentInstaller) async -> [InstallLine] {
        await withTaskGroup(of: InstallLine.self) { group in
            for endpoint in endpoints {
                group.addTask {
                    do throws(InstallError) {
                        let result = try await installer.install(on: endpoint, deadline: Self.deadline)
                        return InstallLine(endpoint.name, .success(result))
                    } catch { return InstallLine(endpoint.name, .failure(error)) }
                }
            }
            var problems: [InstallLine] = []
            for await line in group {
                if !output.quiet || line.problem != nil {
                    Terminal.standard.print(output.json ? line.jsonLine : line.text(output.resultStyle(on: .standard)))
                }
                if line.problem != nil { problems.append(line) }
            }
            return problems
        }
    }

    private func failure(_ problems: [InstallLine], of total: Int) -> Failure {
        var grouped = GroupedProblems()
        for line in problems.sorted(by: { $0.host < $1.host }) {
            grouped.add(GroupedProblems.Problem(line.problem ?? "", hint: line.hint), of: line.host)
        }
        var failure = Failure("", status: .failedUnchanged)
        failure.diagnostics = grouped.diagnostics
        failure.diagnostics.append(Diagnostic("the agent is not on \(problems.count) of \(total) hosts"))
        return failure
    }
}
