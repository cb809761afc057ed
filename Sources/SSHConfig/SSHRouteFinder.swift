import FleetModel

/// Finds the ways to hosts: their settings, and the hosts to go through, each by the configuration itself.
public struct SSHRouteFinder: Sendable {
    /// What would matter and is not done, each subject once, in the order met.
    public private(set) var notices: [Diagnostic] = []

    private let facts: LocalFacts
    private let source: any SSHConfigSource
    private let standard: SSHConfigChoice
    /// Read once, also those with mistakes: a fleet has many hosts.
    private var configs: [SSHConfigChoice: Result<SSHConfig, Diagnostics>] = [:]
    private var subjects: Set<String> = []
    /// The ways to bastions, last hop included: as many hosts lie behind one.
    private var ways: [Way: [SSHHost]] = [:]
    private var commands: [String: ForwardingCommand?] = [:]

    /// What a way depends on.
    private enum Way: Hashable {
        case jump([JumpHost], SSHConfigChoice)
        case command([String])
    }

    /// `config`: the configuration for hosts whose own options name none.
    public init(config: SSHConfigChoice, source: any SSHConfigSource, facts: LocalFacts) {
        standard = config
        self.source = source
        self.facts = facts
    }

    /// The way to a host, named as on ssh's command line.
    ///
    /// - Throws: what is wrong with the configuration, for this host or at all.
    public mutating func route(to name: String, options: SSHOptions = SSHOptions()) throws(Diagnostics) -> SSHRoute {
        var hosts = try way(to: name, options, options.config ?? standard, through: [])
        let host = hosts.removeLast()
        return SSHRoute(host: host, jumps: hosts)
    }

    private mutating func config(_ choice: SSHConfigChoice) throws(Diagnostics) -> SSHConfig {
        if let config = configs[choice] { return try config.get() }
        let config: Result<SSHConfig, Diagnostics>
        do throws(Diagnostics) {
            config = .success(try SSHConfig(choice, from: source, facts: facts))
        } catch {
            config = .failure(error)
        }
        configs[choice] = config
        return try config.get()
    }

    /// All hosts up to the one asked for. `later` are those that this one is on the way to.
    private mutating func way(
        to name: String, _ options: SSHOptions, _ choice: SSHConfigChoice, through later: [SSHHost]
    ) throws(Diagnostics) -> [SSHHost] {
        let config = try config(choice)
        var host: SSHHost
        let values: Values
        do throws(Diagnostic) {
            let evaluation = try Evaluation(config, for: name, options: options, facts: facts)
            values = evaluation.values
            host = try SSHHost(evaluation, originalName: name, facts: facts)
            try checkCircle(host, later, at: values.proxy?.location)
        } catch {
            throw Diagnostics([error])
        }
        note(values, of: host)
        guard let proxy = values.proxy else { return [host] }
        switch proxy.value {
        case .direct: return [host]
        case .jump(let jumps):
            let jumps = try expanded(jumps, for: host, at: proxy.location)
            return try way(over: jumps, choice, through: later + [host]) + [host]
        case .command(let command):
            if let before = try way(by: command, of: host, at: proxy.location, through: later + [host]) {
                return before + [host]
            }
            do throws(Diagnostic) {
                host.proxyCommand = try host.expandedProxyCommand(command, at: proxy.location)
            } catch {
                throw Diagnostics([error])
            }
            return [host]
        }
    }

    /// The jumps of one host: their names may depend on its name.
    private func expanded(
        _ jumps: [JumpHost], for host: SSHHost, at location: SourceLocation?
    ) throws(Diagnostics) -> [JumpHost] {
        guard jumps.contains(where: \.hasTokens) else { return jumps }
        let tokens = host.proxyTokens
        do throws(Diagnostic) {
            return try jumps.map { jump throws(Diagnostic) in
                var jump = jump
                jump.host = try tokens.expand(jump.host, of: "ProxyJump", at: location)
                jump.user = try jump.user.map { user throws(Diagnostic) in
                    try tokens.expand(user, of: "ProxyJump", at: location)
                }
                return jump
            }
        } catch {
            throw Diagnostics([error])
        }
    }

    /// As `ssh -J` does it: the last jump is reached over those before it, whatever the configuration says of it.
    private mutating func way(
        over jumps: [JumpHost], _ choice: SSHConfigChoice, through later: [SSHHost]
    ) throws(Diagnostics) -> [SSHHost] {
        if let known = ways[.jump(jumps, choice)] { return known }
        guard let last = jumps.last else { return [] }
        var options = SSHOptions()
        if let user = last.user { options.append(user: user) }
        if let port = last.port { options.append(port: port) }
        if jumps.count > 1 { options.append(.proxyJump(jumps.dropLast()), at: nil) }
        let found = try way(to: last.host, options, choice, through: later)
        ways[.jump(jumps, choice)] = found
        return found
    }

    /// Nil for a command that is more than a jump.
    private mutating func way(
        by command: String, of host: SSHHost, at location: SourceLocation?, through later: [SSHHost]
    ) throws(Diagnostics) -> [SSHHost]? {
        let forwarding = commands[command] ?? ForwardingCommand(command)
        commands[command] = .some(forwarding)
        guard let forwarding else { return nil }
        let arguments: SSHArguments
        let words: [String]
        do throws(Diagnostic) {
            words = try forwarding.words(for: { host.proxyTokens }, at: location)
            if let known = ways[.command(words)] { return known }
            arguments = try SSHArguments(words, at: location)
        } catch {
            throw Diagnostics([error])
        }
        guard let destination = arguments.operands.first.flatMap({ JumpHost($0) }) else { return nil }
        var options = arguments.options
        if let user = destination.user { options.append(user: user) }
        if let port = destination.port { options.append(port: port) }
        // That ssh is a program of its own: it reads the user's files unless its own -F says otherwise.
        let found = try way(to: destination.host, options, options.config ?? .standard, through: later)
        ways[.command(words)] = found
        return found
    }

    /// Names what the host's settings ask for in vain.
    private mutating func note(_ values: Values, of host: SSHHost) {
        for (keyword, location) in values.unsupported where subjects.insert(keyword.subject).inserted {
            notices.append(Diagnostic("\(keyword.name) is not supported: \(keyword.consequence)", at: location))
        }
        if let checking = values.hostKeyChecking, checking.value == .off,
            subjects.insert(HonouredKeyword.strictHostKeyChecking.rawValue).inserted
        {
            notices.append(
                Diagnostic(
                    "host keys are checked all the same: StrictHostKeyChecking no is not supported",
                    at: checking.location,
                    hint: "coord trust records the keys of new hosts, StrictHostKeyChecking accept-new trusts them"))
        }
        if host.hasNoIdentityFiles, subjects.insert(HonouredKeyword.identityFile.rawValue).inserted {
            notices.append(
                Diagnostic(
                    "IdentityFile none is not supported: the default key files are tried, too",
                    at: values.identityFiles.first?.location))
        }
    }

    /// ssh itself notices only the smallest circle, and starts programs without end in others.
    private func checkCircle(
        _ host: SSHHost, _ later: [SSHHost], at location: SourceLocation?
    ) throws(Diagnostic) {
        func isSame(_ other: SSHHost) -> Bool {
            other.hostName == host.hostName && other.port == host.port && other.user == host.user
        }
        guard later.contains(where: isSame) || later.count > SSHConfigLimits.maximumHops else { return }
        let names = (later.suffix(4).map(\.originalName) + [host.originalName]).map { $0.printable(maximumBytes: 80) }
        throw Diagnostic(
            "jump hosts go in a circle: \(names.joined(separator: " through "))", at: location,
            hint: "leave the jump host out of the pattern, as in: Host * !\(names.last ?? "bastion")")
    }
}
