import FleetModel
import HostAccess
import Inventory
import SSHConfig

/// Makes endpoints of the inventory's hosts: its variables go before ssh's configuration.
struct EndpointResolver {
    /// Problems that are told at once; the rest is counted.
    static let maximumProblems = 20

    private var routes: SSHRouteFinder
    private let facts: LocalFacts
    /// The command line gives the password for sudo, so that the inventory's does not matter.
    private let hasBecomePassword: Bool
    /// Groups give many hosts the same arguments.
    private var parsedArguments: [ConnectionVariables.Arguments: SSHOptions] = [:]

    /// What would matter in ssh's configuration and is not done.
    var notices: [Diagnostic] { routes.notices }

    init(
        config: SSHConfigChoice, source: any SSHConfigSource = SSHConfigFiles(), facts: LocalFacts = .ours,
        hasBecomePassword: Bool = false
    ) {
        routes = SSHRouteFinder(config: config, source: source, facts: facts)
        self.facts = facts
        self.hasBecomePassword = hasBecomePassword
    }

    /// The hosts, in their order, with their endpoints and their passwords for sudo.
    ///
    /// - Throws: what is wrong with any of them; what several hosts have in common, once.
    mutating func selection(of hosts: [HostName], in inventory: Inventory) throws(Diagnostics) -> HostSelection {
        var selection = HostSelection(endpoints: [])
        var problems = SharedProblems()
        for host in hosts {
            do throws(Diagnostics) {
                let variables = try inventory.connectionVariables(of: host)
                selection.endpoints.append(try endpoint(of: host, variables))
                selection.becomePasswords[host] = variables.becomePassword
            } catch {
                problems.add(error, of: host)
            }
        }
        if let diagnostics = problems.diagnostics(maximum: Self.maximumProblems) { throw diagnostics }
        return selection
    }

    private mutating func endpoint(
        of name: HostName, _ variables: ConnectionVariables
    ) throws(Diagnostics) -> HostEndpoint {
        if let problem = variables.becomePasswordProblem, !hasBecomePassword { throw Diagnostics([problem]) }
        let route = try routes.route(to: variables.address, options: try options(of: name, variables))
        var endpoint = HostEndpoint(name: name, route.host, facts: facts)
        for jump in route.jumps {
            guard let jumpName = HostName(jump.originalName) else {
                throw Diagnostics([Diagnostic("'\(jump.originalName.printable())' can't be the name of a jump host")])
            }
            endpoint.jumps.append(HostEndpoint(name: jumpName, jump, facts: facts))
        }
        endpoint.agentScope = variables.agent == .user ? .user : .system
        return endpoint
    }

    /// In the order in which Ansible puts them on ssh's command line, where the first of a kind counts.
    private mutating func options(of host: HostName, _ variables: ConnectionVariables) throws(Diagnostics) -> SSHOptions
    {
        var options = SSHOptions()
        if let arguments = variables.sshArguments { try append(arguments, of: host, to: &options) }
        if variables.hostKeyChecking == false {
            options.append(hostKeyChecking: .off, at: variables.hostKeyCheckingLocation)
        }
        if let port = variables.port { options.append(port: port) }
        if let file = variables.privateKeyFile { options.append(identityFile: file) }
        if let user = variables.user { options.append(user: user) }
        if let timeout = variables.connectTimeout { options.append(connectTimeout: timeout) }
        for arguments in variables.furtherSSHArguments { try append(arguments, of: host, to: &options) }
        return options
    }

    private mutating func append(
        _ arguments: ConnectionVariables.Arguments, of host: HostName, to options: inout SSHOptions
    ) throws(Diagnostics) {
        if let parsed = parsedArguments[arguments] { return options.append(parsed) }
        var parsed = SSHOptions()
        do throws(Diagnostic) {
            try parsed.append(arguments: arguments.text, at: arguments.location)
            parsedArguments[arguments] = parsed
            options.append(parsed)
        } catch {
            throw Diagnostics([
                Diagnostic("host '\(host)': \(arguments.name): \(error.problem)", at: error.location, hint: error.hint)
            ])
        }
    }
}
