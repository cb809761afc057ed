import ArgumentParser
import FleetModel
import HostAccess
import Reporting
import SSHTransport

struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust",
        abstract: "Show the hosts' keys and record the new ones in known_hosts.",
        usage: "coord trust <inventory> [options]",
        discussion: """
            Asks every host for its key, in parallel, bastions first. A key that has changed is never replaced. Keys \
            are recorded after a question, or with --yes, or where a list from elsewhere vouches for them: lines of \
            known_hosts, or what `ssh-keygen -lf` prints.

            Exit status: 0 where every host's key is recorded, 1 otherwise.

            Examples:
              coord trust inventory.ini
              coord trust inventory.ini --from-file fingerprints.txt
            """
    )

    @OptionGroup var fleet: FleetOptions
    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp("Record only the keys that this list has; the others are refused.", valueName: "file"),
        completion: .file())
    var fromFile: String?

    @Flag(name: [.short, .long], help: "Record new keys without asking: whoever answers is trusted.")
    var yes = false

    func run() async throws {
        let expected = try readList()
        let hosts = try await fleet.select("all")
        let problems = try await withConnector(to: hosts, over: fleet.connection) { connector in
            try await trust(
                HostKeySurvey.rounds(hosts.endpoints), HostKeySurvey(connector: connector, expected: expected))
        }
        guard problems.isEmpty else {
            var failure = Failure("", status: .failedUnchanged)
            failure.diagnostics = problems
            throw failure
        }
    }

    private func readList() throws -> ExpectedHostKeys? {
        guard let fromFile else { return nil }
        let text = try readText(fromFile, hint: "it lists the keys that are expected")
        do { return try ExpectedHostKeys(text: text, file: fromFile) } catch { throw Failure(error) }
    }

    /// What keeps hosts from being trusted.
    private func trust(_ rounds: [[HostEndpoint]], _ survey: HostKeySurvey) async throws -> [Diagnostic] {
        var problems: [Diagnostic] = []
        for hosts in rounds where !hosts.isEmpty {
            let findings = await survey.ask(hosts)
            show(findings.map(\.row))
            problems += findings.compactMap(\.row.diagnostic)
            let count = findings.count { $0.row.state == .new }
            guard count > 0 else { continue }
            try confirm(count)
            do throws(HostAccessError) {
                let files = try await survey.record(findings).sorted().joined(separator: ", ")
                if !output.quiet { Terminal.standard.complain("recorded \(counted(count, "key")) in \(files)") }
            } catch { throw Failure(error.problem, hint: error.hint, status: .failedUnchanged) }
        }
        return problems
    }

    private func show(_ rows: [TrustRow]) {
        if output.json {
            for row in rows { Terminal.standard.print(row.jsonLine) }
        } else if !output.quiet || rows.contains(where: { $0.state == .new }) {
            Terminal.standard.print(TrustRow.table(rows), output)
        }
    }

    private func confirm(_ count: Int) throws {
        if yes || fromFile != nil { return }
        let terminal = Terminal.standard
        guard terminal.isInteractive else {
            throw Failure(
                "\(counted(count, "host key")) not recorded: there is nobody to ask",
                hint: "compare the fingerprints, then --yes; or give a list to compare with: --from-file",
                status: .failedUnchanged)
        }
        guard terminal.confirm("Record \(counted(count, "new key"))? Compare the fingerprints first.") else {
            throw Failure("not confirmed; nothing was recorded", status: .failedUnchanged)
        }
    }
}
