import AgentProtocol

/// What is wrong with a request, or nil: nothing of it is looked at before it has passed here.
enum Validation {
    private static let maximumMilliseconds: UInt64 = 24 * 3600 * 1000

    static func problem(with claim: Claim) -> String? {
        guard Names.isService(claim.service) else { return "'\(claim.service)' cannot be a service's name" }
        guard Names.isRelease(claim.rollout) else { return "'\(claim.rollout)' cannot be a rollout's name" }
        guard claim.epoch > 0 else { return "epochs start at 1" }
        guard claim.holder.utf8.count <= 255 else { return "the holder's name is too long" }
        return nil
    }

    static func problem(with artifact: ArtifactReference) -> String? {
        for name in [artifact.release, artifact.directoryName] where !Names.isRelease(name) {
            return "'\(name)' cannot be a release's name"
        }
        guard Names.isDigest(artifact.digest), Names.isDigest(artifact.packedDigest) else {
            return "a digest is not SHA-256 in lower-case hexadecimal"
        }
        // Of no size is one that is not sent, because the host is said to hold the release.
        guard artifact.size <= UInt64(Int64.max), artifact.packedSize <= UInt64(Int64.max) else {
            return "the artifact's size is impossible"
        }
        return nil
    }

    static func problem(with files: [ConfigurationFile]) -> String? {
        guard files.count <= ProtocolLimits.maximumConfigurationFiles else { return "too many files of configuration" }
        for file in files {
            let isPath = !file.path.utf8.isEmpty && ArchivePath.problem(with: Array(file.path.utf8)) == nil
            guard isPath else { return "'\(file.path)' cannot be a file of a release" }
            guard file.mode <= 0o777 else { return "the mode of '\(file.path)' is not one of permissions only" }
            guard file.content.count <= ProtocolLimits.maximumConfigurationFileBytes else {
                return "'\(file.path)' is too large"
            }
        }
        return nil
    }

    static func problem(with request: Compare) -> String? {
        guard Names.isAbsolutePath(request.installDirectory) else {
            return "'\(request.installDirectory)' cannot be an install directory: absolute, without '..'"
        }
        // A key that could be guessed would make the answer tell of secrets.
        guard request.nonce.count >= 16 else { return "the nonce is too short" }
        return problem(with: request.files.map(\.file))
    }

    static func problem(with reference: ConfigurationReference) -> String? {
        guard Names.isDigest(reference.digest), (1...UInt64(ProtocolLimits.maximumBundleBytes)).contains(reference.size)
        else { return "the configuration's digest or size is impossible" }
        return nil
    }

    static func problem(with action: StepAction) -> String? {
        switch action {
        case .stage(let artifact): return problem(with: artifact)
        case .activate(let release):
            return Names.isRelease(release) ? nil : "'\(release)' cannot be a release's name"
        case .watch(let minimum, let deadline):
            guard minimum <= deadline, (1...maximumMilliseconds).contains(deadline) else {
                return "a watch lasts at most a day, and its minimum is not above its deadline"
            }
            return nil
        case .revert, .stop: return nil
        case .runHook(let hook): return problem(with: hook)
        }
    }

    private static func problem(with hook: SingleHook) -> String? {
        guard Names.isRelease(hook.name) else { return "'\(hook.name)' cannot be a hook's name" }
        guard hook.release.utf8.isEmpty || Names.isRelease(hook.release) else {
            return "'\(hook.release)' cannot be a release's name"
        }
        guard (1...maximumMilliseconds).contains(hook.timeoutMilliseconds) else { return "a hook lasts at most a day" }
        return scriptProblem(hook.name, hook.content)
    }

    static func problem(with request: Exchange) -> String? {
        guard let address = Conversation.Address(request.address) else {
            return "'\(request.address)' is neither a socket's absolute path nor tcp://ADDRESS:PORT"
        }
        // sockaddr_un's sun_path (unix(7)), its ending zero included.
        if case .unixSocket(let path) = address, !Names.isAbsolutePath(path) || path.utf8.count > 107 {
            return "'\(path)' cannot be a socket's path"
        }
        guard (1...ProtocolLimits.maximumExchangeTextBytes).contains(request.text.utf8.count) else {
            return "there is nothing to say, or too much"
        }
        guard (1...ProtocolLimits.maximumExchangeMilliseconds).contains(request.timeoutMilliseconds) else {
            return "an answer is waited for at most \(ProtocolLimits.maximumExchangeMilliseconds / 1000) s"
        }
        guard request.claim != nil || isQuestion(request.text) else {
            return "only who has claimed the service may say more than 'show' and 'get'"
        }
        return nil
    }

    /// Each of the commands in it only asks (HAProxy's management guide: they are parted by `;` and ends of lines).
    private static func isQuestion(_ text: String) -> Bool {
        let commands = text.utf8.split { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "\n") }
        return commands.allSatisfy { command in
            let words = command.drop { $0 == UInt8(ascii: " ") }
            return words.isEmpty || words.starts(with: "show ".utf8) || words.starts(with: "get ".utf8)
        }
    }

    static func problem(with request: ReplaceFile) -> String? {
        guard Names.isAbsolutePath(request.path) else { return "'\(request.path)' is no absolute path without '..'" }
        guard request.content.count <= ProtocolLimits.maximumReplacementBytes else {
            return "'\(request.path)' is too large"
        }
        guard (1...maximumMilliseconds).contains(request.timeoutMilliseconds) else {
            return "no timeout may exceed a day"
        }
        return nil
    }

    static func problem(with definition: ServiceDefinition) -> String? {
        guard Names.isService(definition.service) else {
            return "'\(definition.service)' cannot be a service's name"
        }
        let directory = definition.installDirectory
        guard directory.utf8.isEmpty || Names.isAbsolutePath(directory) else {
            return "'\(definition.installDirectory)' cannot be an install directory: absolute, without '..'"
        }
        let unit = definition.control.unit
        guard unit.utf8.isEmpty || Names.isUnit(unit) else { return "'\(unit)' cannot be a unit's name" }
        guard definition.commandTimeoutMilliseconds <= maximumMilliseconds,
            definition.intervalMilliseconds <= maximumMilliseconds,
            definition.checks.allSatisfy({ $0.timeoutMilliseconds <= maximumMilliseconds })
        else { return "no interval or timeout may exceed a day" }
        return scriptProblem(with: definition)
    }

    private static func scriptProblem(with definition: ServiceDefinition) -> String? {
        var scripts = definition.hooks.map { (name: $0.name, content: $0.content) }
        for check in definition.checks {
            if case .script(let content) = check.probe { scripts.append((check.name, content)) }
        }
        for script in scripts {
            if let problem = scriptProblem(script.name, script.content) { return problem }
        }
        return nil
    }

    private static func scriptProblem(_ name: String, _ content: [UInt8]) -> String? {
        guard content.starts(with: "#!".utf8) else {
            return "script '\(name)' does not begin with '#!' and its interpreter"
        }
        guard content.count <= ProtocolLimits.maximumScriptBytes else { return "script '\(name)' is too large" }
        return nil
    }
}
