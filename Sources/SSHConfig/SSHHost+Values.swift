import FleetModel

extension SSHHost {
    /// The host that an evaluation found, without its proxy.
    init(_ evaluation: Evaluation, originalName: String, facts: LocalFacts) throws(Diagnostic) {
        let values = evaluation.values
        self.init(
            originalName: originalName, hostName: evaluation.host, user: values.user?.value ?? facts.user)
        port = values.port
        hostKeyAlias = values.hostKeyAlias?.lowercased()
        hostKeyChecking = values.hostKeyChecking?.value
        identitiesOnly = values.identitiesOnly
        connectTimeout = values.connectTimeout
        aliveInterval = values.aliveInterval
        aliveCountMaximum = values.aliveCountMaximum
        let paths = PathExpansion(facts: facts, tokens: { [self] in tokens(facts, values.proxy?.value) })
        let identities = values.identityFiles.filter { $0.value.lowercased() != "none" }
        hasNoIdentityFiles = identities.isEmpty && !values.identityFiles.isEmpty
        identityFiles = try paths.expand(identities, of: "IdentityFile")
        certificateFiles = try paths.expand(values.certificateFiles, of: "CertificateFile")
        if let files = values.userKnownHostsFiles {
            userKnownHostsFiles = try paths.expand(files, of: "UserKnownHostsFile")
        }
        if let files = values.globalKnownHostsFiles {
            var expanded: [String] = []
            for path in files.value {
                expanded.append(try paths.expandTilde(path, of: "GlobalKnownHostsFile", at: files.location))
            }
            globalKnownHostsFiles = expanded
        }
        identityAgent = try values.identityAgent.map { agent throws(Diagnostic) in
            try Self.identityAgent(agent, paths, facts)
        }
    }

    private static func identityAgent(
        _ agent: Values.Located<String>, _ paths: PathExpansion, _ facts: LocalFacts
    ) throws(Diagnostic) -> IdentityAgent {
        if agent.value.lowercased() == "none" { return .none }
        if agent.value == "SSH_AUTH_SOCK" { return .environment }
        if agent.value.hasPrefix("$"), !agent.value.hasPrefix("${") {
            let socket = facts.environment[String(agent.value.dropFirst())] ?? ""
            return socket.isEmpty ? .none : .socket(socket)
        }
        return .socket(try paths.expand(agent.value, of: "IdentityAgent", at: agent.location))
    }

    /// The tokens that most keywords know (ssh_config(5), TOKENS), but for the hash `%C`.
    private func tokens(_ facts: LocalFacts, _ proxy: Values.Proxy?) -> TokenExpansion {
        var jumps = ""
        if case .jump(let hosts) = proxy { jumps = hosts.map(\.description).joined(separator: ",") }
        return TokenExpansion(
            [
                "d": facts.home, "h": hostName, "i": "\(facts.userID)", "j": jumps, "k": keyName,
                "L": String(facts.hostName.prefix { $0 != "." }), "l": facts.hostName, "n": originalName,
                "p": "\(port ?? 22)", "r": user, "u": facts.user,
            ], environment: facts.environment)
    }

    /// What the host's key is known under: `%k`.
    private var keyName: String { hostKeyAlias ?? originalName }

    /// The tokens of `ProxyCommand`.
    var proxyTokens: TokenExpansion {
        TokenExpansion(["h": hostName, "k": keyName, "n": originalName, "p": "\(port ?? 22)", "r": user])
    }

    /// A shell will read the command: names from an inventory must not be more than names there, as in OpenSSH 9.6.
    func expandedProxyCommand(_ command: String, at location: SourceLocation?) throws(Diagnostic) -> String {
        guard TokenExpansion.isNeeded(for: command) else { return command }
        for name in [hostName, keyName, originalName, user] where !Self.isPlain(name) {
            throw Diagnostic(
                "'\(name.printable(maximumBytes: 200))' can't be handed to a ProxyCommand: a shell reads it as more",
                at: location)
        }
        return try proxyTokens.expand(command, of: "ProxyCommand", at: location)
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.hasPrefix("-")
            && !name.unicodeScalars.contains { $0.value < 0x21 || "'`\"$\\;&<>|(){}*?!#~".contains(Character($0)) }
    }
}

/// Expands paths for one host; the tokens are made only where they are needed.
private struct PathExpansion {
    let facts: LocalFacts
    let tokens: () -> TokenExpansion

    func expand(_ paths: [Values.Located<String>], of keyword: String) throws(Diagnostic) -> [String] {
        var expanded: [String] = []
        for path in paths { expanded.append(try expand(path.value, of: keyword, at: path.location)) }
        return expanded
    }

    func expand(_ paths: Values.Located<[String]>, of keyword: String) throws(Diagnostic) -> [String] {
        try expand(
            paths.value.map { Values.Located(value: $0, location: paths.location) }, of: keyword)
    }

    func expand(_ path: String, of keyword: String, at location: SourceLocation?) throws(Diagnostic) -> String {
        let path = try expandTilde(path, of: keyword, at: location)
        return TokenExpansion.isNeeded(for: path) ? try tokens().expand(path, of: keyword, at: location) : path
    }

    func expandTilde(_ path: String, of keyword: String, at location: SourceLocation?) throws(Diagnostic) -> String {
        guard let expanded = facts.expandingTilde(path) else {
            throw Diagnostic(
                "\(keyword) '\(path.printable(maximumBytes: 200))' lies in somebody else's home", at: location,
                hint: "write the whole path")
        }
        return expanded
    }
}
