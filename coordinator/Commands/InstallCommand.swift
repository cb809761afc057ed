import AgentClient
import AgentProtocol
import ArgumentParser
import FleetModel
import HostAccess
import Reporting

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
        let package = try AgentPackage(agent)
        let terminal = Terminal.standard
        let question = "Install the agent on \(counted(hosts.endpoints.count, "host"))?"
        guard yes || !terminal.isInteractive || terminal.confirm(question) else {
            throw Failure("not confirmed; nothing was changed", status: .failedUnchanged)
        }
        let failed = try await withConnector(to: hosts, over: fleet.connection) { connector in
            let installer = AgentInstaller(
                connector: connector, package: package, allowsDowngrade: allowDowngrade,
                coordinatorVersion: ProductVersion.text)
            return await HostRound(output: output).run(on: hosts.endpoints) { endpoint in
                do throws(InstallError) {
                    return InstallLine(
                        endpoint.name, .success(try await installer.install(on: endpoint, deadline: Self.deadline)))
                } catch { return InstallLine(endpoint.name, .failure(error)) }
            }
        }
        guard failed.isEmpty else {
            throw HostRound.failure(
                failed, status: .failedUnchanged,
                conclusion: "the agent is not on \(failed.count) of \(hosts.endpoints.count) hosts")
        }
    }
}
