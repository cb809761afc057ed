import FleetModel

/// Walks a configuration for one host, as ssh does: once, and again with the final name where that is asked for.
struct Evaluation {
    private let config: SSHConfig
    private let facts: LocalFacts
    /// As the caller named the host.
    private let originalHost: String
    private(set) var values = Values()
    /// The name or address to connect to.
    private(set) var host: String
    private var hostBytes: [UInt8]
    private var isFinalPass = false

    /// - Throws: what is wrong with the configuration for this host.
    init(_ config: SSHConfig, for host: String, options: SSHOptions, facts: LocalFacts) throws(Diagnostic) {
        self.config = config
        self.facts = facts
        originalHost = host
        self.host = host
        hostBytes = Array(host.utf8)
        for setting in options.settings { try values.take(setting) }
        try pass()
        self.host = try finalName()
        guard config.asksForFinalPass else { return }
        hostBytes = Array(self.host.utf8)
        values.hostName = Values.Located(value: self.host, location: values.hostName?.location)
        isFinalPass = true
        try pass()
    }

    private mutating func pass() throws(Diagnostic) {
        for document in config.documents { try walk(document) }
    }

    private func finalName() throws(Diagnostic) -> String {
        let name = try namedHost()
        // An IPv6 address stays as it is; all else is compared in lower case later.
        return name.utf8.contains(UInt8(ascii: ":")) ? name : name.lowercased()
    }

    /// `HostName` knows just one token (ssh_config(5), TOKENS).
    private func namedHost() throws(Diagnostic) -> String {
        guard !isFinalPass, let hostName = values.hostName else { return host }
        guard TokenExpansion.isNeeded(for: hostName.value) else { return hostName.value }
        return try TokenExpansion(["h": originalHost]).expand(
            hostName.value, of: "HostName", at: hostName.location)
    }

    private mutating func walk(_ document: ConfigDocument) throws(Diagnostic) {
        for block in document.blocks {
            if try applies(block.condition) {
                for item in block.items { try apply(item) }
            } else {
                for unknown in block.unknownKeywords { try check(unknown) }
            }
        }
    }

    private mutating func apply(_ item: ConfigBlock.Item) throws(Diagnostic) {
        switch item {
        case .setting(let setting): try values.take(setting)
        case .include(let document): try walk(document)
        case .unknown(let unknown): try check(unknown)
        }
    }

    private func check(_ unknown: UnknownKeyword) throws(Diagnostic) {
        guard values.ignoredUnknown?.matches(unknown.name.lowercased()) == true else { throw unknown.diagnostic }
    }

    private func applies(_ condition: ConfigBlock.Condition) throws(Diagnostic) -> Bool {
        switch condition {
        case .none: true
        case .host(let patterns): patterns.matches(hostBytes)
        case .match(let match): try applies(match)
        }
    }

    /// A criterion that we can't judge is a problem only where all others hold.
    private func applies(_ match: MatchCondition) throws(Diagnostic) -> Bool {
        var undecided: String?
        for (criterion, isNegated) in match.criteria {
            guard let holds = try holds(criterion) else {
                if case .unsupported(let name) = criterion { undecided = name }
                continue
            }
            if holds == isNegated { return false }
        }
        guard let undecided else { return true }
        throw Diagnostic(
            "Match \(undecided) is not supported, and decides about '\(originalHost.printable())'", at: match.location,
            hint: "write the settings under Host or Match host, or give coord a file of its own with -F")
    }

    /// Nil where we can't judge.
    private func holds(_ criterion: MatchCondition.Criterion) throws(Diagnostic) -> Bool? {
        switch criterion {
        case .all: true
        case .final, .canonical: isFinalPass
        case .host(let patterns): patterns.matches(try namedHost().lowercased())
        case .originalHost(let patterns): patterns.matches(originalHost.lowercased())
        case .user(let patterns): patterns.matches(values.user?.value ?? facts.user)
        case .localUser(let patterns): patterns.matches(facts.user)
        case .unsupported: nil
        }
    }
}
