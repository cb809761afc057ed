import FleetModel

/// What has been set for one host so far: the first value stays.
struct Values {
    struct Located<Value> {
        var value: Value
        var location: SourceLocation?
    }

    /// How a host is reached: the first of `ProxyJump` and `ProxyCommand` decides.
    enum Proxy {
        /// None of them: `none`.
        case direct
        case jump([JumpHost])
        case command(String)
    }

    var hostName: Located<String>?
    var user: Located<String>?
    var port: Int?
    var identityFiles: [Located<String>] = []
    var certificateFiles: [Located<String>] = []
    var identitiesOnly: Bool?
    var identityAgent: Located<String>?
    var userKnownHostsFiles: Located<[String]>?
    var globalKnownHostsFiles: Located<[String]>?
    var proxy: Located<Proxy>?
    var hostKeyChecking: Located<HostKeyChecking>?
    /// Seconds; `none` leaves it to a later line, as in ssh.
    var connectTimeout: Int?
    var aliveInterval: Int?
    var aliveCountMaximum: Int?
    var hostKeyAlias: String?
    var ignoredUnknown: PatternList?
    /// What would have mattered and is not supported.
    var unsupported: [(keyword: UnsupportedKeyword, location: SourceLocation?)] = []

    mutating func take(_ setting: Setting) throws(Diagnostic) {
        let location = setting.location
        switch setting.kind {
        case .hostName(let text): hostName = hostName ?? Located(value: text, location: location)
        case .user(let text): user = user ?? Located(value: text, location: location)
        case .port(let number): port = port ?? number
        case .identityFile(let path): try Self.add(path, location, to: &identityFiles, "IdentityFile")
        case .certificateFile(let path): try Self.add(path, location, to: &certificateFiles, "CertificateFile")
        case .identitiesOnly(let isSet): identitiesOnly = identitiesOnly ?? isSet
        case .identityAgent(let text): identityAgent = identityAgent ?? Located(value: text, location: location)
        case .userKnownHostsFiles(let paths):
            userKnownHostsFiles = userKnownHostsFiles ?? Located(value: paths, location: location)
        case .globalKnownHostsFiles(let paths):
            globalKnownHostsFiles = globalKnownHostsFiles ?? Located(value: paths, location: location)
        case .proxyJump(let jumps):
            proxy = proxy ?? Located(value: jumps.isEmpty ? .direct : .jump(jumps), location: location)
        case .proxyCommand(let command):
            let isNone = command.lowercased() == "none"
            proxy = proxy ?? Located(value: isNone ? .direct : .command(command), location: location)
        case .hostKeyChecking(let checking):
            hostKeyChecking = hostKeyChecking ?? Located(value: checking, location: location)
        case .connectTimeout(let seconds): connectTimeout = connectTimeout ?? seconds
        case .aliveInterval(let seconds): aliveInterval = aliveInterval ?? seconds
        case .aliveCountMaximum(let count): aliveCountMaximum = aliveCountMaximum ?? count
        case .hostKeyAlias(let name): hostKeyAlias = hostKeyAlias ?? name
        case .ignoreUnknown(let patterns): ignoredUnknown = ignoredUnknown ?? patterns
        case .unsupported(let keyword):
            guard !keyword.isSafeguard else {
                throw Diagnostic(
                    "\(keyword.name) is not supported, and protects this host", at: location, hint: keyword.consequence)
            }
            unsupported.append((keyword, location))
        }
    }

    private static func add(
        _ path: String, _ location: SourceLocation?, to list: inout [Located<String>], _ keyword: String
    ) throws(Diagnostic) {
        if list.contains(where: { $0.value == path }) { return }
        guard list.count < SSHConfigLimits.maximumKeyFiles else {
            throw Diagnostic(
                "more than \(SSHConfigLimits.maximumKeyFiles) of \(keyword) apply to one host", at: location)
        }
        list.append(Located(value: path, location: location))
    }
}
