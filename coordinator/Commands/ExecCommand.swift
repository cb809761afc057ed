import ArgumentParser
import FleetModel
import FleetOperations
import Foundation
import HostAccess

struct ExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a command on every host, in parallel; what is the same is printed once.",
        usage: "coord exec <inventory> [options] -- <command> ...",
        discussion: """
            One word after '--' is text for the host's shell, as ssh takes it; several are a program and its \
            arguments, and reach it as they are. No agent is needed. A command that runs when the connection ends, \
            by --timeout or Ctrl-C, may go on there.

            Exit status: 0 where it ended with 0 on every host, 1 otherwise; 130 interrupted.

            Examples:
              coord exec inventory.ini -- uptime
              coord exec inventory.ini --limit 'web*' -b -- systemctl restart nginx
              coord exec inventory.ini -- 'df -h / | tail -n 1'
              coord exec inventory.ini --batch 25% --fail-fast -b -- apt-get -y upgrade
              coord exec inventory.ini --stdin -- 'cat > motd' < motd
            """
    )

    @OptionGroup var fleet: FleetOptions

    @Flag(name: [.short, .long], help: "Run it as root, through sudo.")
    var become = false

    @Option(
        help: ArgumentHelp("So many hosts at a time, the next when all of these have ended.", valueName: "n|n%"),
        transform: share)
    var batch: Share?

    @Option(
        help: ArgumentHelp("For the command on each host; 60s unless given.", valueName: "time"), transform: timeSpan)
    var timeout: Duration = .seconds(60)

    @Flag(help: "Begin on no other host once one has failed.")
    var failFast = false

    @Flag(
        help: """
            Print 'host: line' as lines come, standard error among them, instead of grouping; one host alone is \
            always printed so.
            """)
    var stream = false

    @Flag(help: "Give the command what is on standard input here, all of it on each host.")
    var stdin = false

    @OptionGroup var output: OutputOptions

    @Argument(parsing: .postTerminator, help: "The command, after '--'.")
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else {
            throw ValidationError("what to run stands after '--', as in: coord exec inventory.ini -- uptime")
        }
        guard !(stream && (stdin || output.json)) else {
            throw ValidationError("--stream goes with neither --stdin nor --json")
        }
        // All of standard input goes to the hosts' commands: a password in it would, too.
        guard !(stdin && fleet.connection.readsPasswordFromStandardInput) else {
            throw ValidationError(
                "--stdin and --become-password-file - both read standard input; give the password as /dev/fd/3")
        }
    }

    func run() async throws {
        let hosts = try await fleet.select("all")
        let endpoints = hosts.endpoints
        let input = stdin ? try CommandInput.read() : []
        let report = CommandReport(of: endpoints.map(\.name), output)
        let streams = stream || (endpoints.count == 1 && !stdin && !output.json)
        let (answers, wasInterrupted) = try await untilInterrupted {
            try await withConnector(to: hosts, over: fleet.connection) { connector in
                let run = FleetCommandRun(
                    FleetCommand(command, becomesRoot: become), over: connector, timeout: timeout, batch: batch,
                    failsFast: failFast)
                return streams
                    ? await run.stream(from: endpoints) { report.take($0) }
                    : await run.collect(from: endpoints, input: input) { report.take($0) }
            }
        }
        report.finish(answers, isGrouped: !streams)
        if wasInterrupted { throw ExitStatus.interrupted }
        throw answers.allSatisfy(\.succeeded) ? ExitStatus.complete : ExitStatus.failedUnchanged
    }
}
