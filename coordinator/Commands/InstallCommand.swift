import AgentClient
import AgentProtocol
import ArgumentParser
import FleetModel
import Foundation
import HostAccess
import SSHTransport

struct InstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Install or upgrade the agent on every host, in parallel.",
        discussion: """
            Works as root and as a user with password-less sudo. Hosts that have this version already are left alone.

            Examples:
              coord install inventory.ini
              coord install inventory.ini --limit new-servers
            """
    )

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var output: OutputOptions

    @Option(
        help: "The agent's static executable; once for each architecture. By default coord-agent beside coord.",
        completion: .file())
    var agent: [String] = []

    @Flag(name: [.short, .long], help: "Do not ask before beginning.")
    var yes = false

    /// For one host, all steps together.
    private static let deadline: Duration = .seconds(120)

    func run() async throws {
        let endpoints = try fleet.select("all")
        let connector = fleet.connection.connector()
        let installer = AgentInstaller(
            connector: connector, package: try agentPackage(), coordinatorVersion: ProductVersion.text)
        let terminal = Terminal.standard
        guard yes || !terminal.isInteractive || terminal.confirm("Install the agent on \(endpoints.count) hosts?")
        else {
            throw Failure("not confirmed; nothing was changed", status: .failedUnchanged)
        }
        var problems: [InstallLine] = []
        await withTaskGroup(of: (HostName, Result<Installation, InstallError>).self) { group in
            for endpoint in endpoints {
                group.addTask {
                    do throws(InstallError) {
                        let result = try await installer.install(on: endpoint, deadline: Self.deadline)
                        return (endpoint.name, .success(result))
                    } catch { return (endpoint.name, .failure(error)) }
                }
            }
            for await (name, result) in group {
                let line = InstallLine(name, result)
                if !output.quiet || line.problem != nil { terminal.print(output.json ? line.json : line.text) }
                if line.problem != nil { problems.append(line) }
            }
        }
        await connector.shutdown()
        guard problems.isEmpty else { throw failure(problems, of: endpoints.count) }
    }

    private func failure(_ problems: [InstallLine], of total: Int) -> Failure {
        var failure = Failure("", status: .failedUnchanged)
        failure.diagnostics = problems.sorted { $0.host < $1.host }.map { line in
            Diagnostic("\(line.host): \(line.problem ?? "")", hint: line.hint)
        }
        failure.diagnostics.append(Diagnostic("the agent is not on \(problems.count) of \(total) hosts"))
        return failure
    }

    private func agentPackage() throws -> AgentPackage {
        let beside = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        let executable = Bundle.main.executableURL?.deletingLastPathComponent() ?? beside
        let paths = agent.isEmpty ? [executable.appending(path: "coord-agent").path(percentEncoded: false)] : agent
        let binaries = try paths.map { path in
            guard let content = FileManager.default.contents(atPath: path) else {
                throw Failure(
                    "the agent's executable '\(path)' can't be read", hint: "make agent builds it; --agent names it",
                    status: .usage)
            }
            do throws(InstallError) { return try AgentBinary(Array(content)) } catch {
                throw Failure("\(path): \(error)", hint: error.hint, status: .usage)
            }
        }
        let unit = String(decoding: PackageResources.coord_agent_service, as: UTF8.self)
        return AgentPackage(version: ProductVersion.text, binaries: binaries, unit: unit)
    }
}
