import FleetModel

/// What stands on ssh's command line before the host: it goes before all files, in its own order.
public struct SSHOptions: Sendable {
    var settings: [Setting] = []
    /// The last `-F`; nil where there is none.
    public private(set) var config: SSHConfigChoice?

    /// Nothing is said.
    public init() {}

    /// `-p`
    public mutating func append(port: Int) { append(.port(port), at: nil) }

    /// `-l`
    public mutating func append(user: String) { append(.user(user), at: nil) }

    /// `-i`
    public mutating func append(identityFile: String) { append(.identityFile(identityFile), at: nil) }

    /// `-o ConnectTimeout`, in seconds.
    public mutating func append(connectTimeout: Int) { append(.connectTimeout(connectTimeout), at: nil) }

    /// `-o StrictHostKeyChecking`; `location` is where somebody asked for it.
    public mutating func append(hostKeyChecking: HostKeyChecking, at location: SourceLocation?) {
        append(.hostKeyChecking(hostKeyChecking), at: location)
    }

    /// Options as people write them in one text, split as a shell does: `-o ProxyCommand="ssh -W %h:%p b" -p 2222`.
    ///
    /// - Throws: the first that is malformed, or that ssh does not have.
    public mutating func append(arguments text: String, at location: SourceLocation?) throws(Diagnostic) {
        guard let words = ShellWords.split(text) else { throw Diagnostic("a quote is not closed", at: location) }
        let parsed = try SSHArguments(words, at: location)
        guard parsed.operands.isEmpty, parsed.forward == nil else {
            let word = parsed.operands.first ?? "-W"
            throw Diagnostic(
                "'\(word.printable(maximumBytes: 80))' can't stand here: coord names the host itself", at: location,
                hint: "options only, as in: -o ProxyJump=bastion.example.net -p 2222")
        }
        append(parsed.options)
    }

    mutating func append(_ kind: Setting.Kind, at location: SourceLocation?) {
        settings.append(Setting(kind: kind, location: location))
    }

    /// All of the other's, behind these.
    public mutating func append(_ other: SSHOptions) {
        settings += other.settings
        config = other.config ?? config
    }

    mutating func choose(_ choice: SSHConfigChoice) { config = choice }

    /// One `-o`.
    mutating func append(line text: String, at location: SourceLocation?) throws(Diagnostic) {
        guard let line = try ConfigLine(text.utf8, at: { _ in location }) else { return }
        let word = line.keyword.printable(maximumBytes: 80)
        switch Keyword(line.keyword) {
        case .irrelevant: break
        case .honoured(let keyword): settings.append(try SettingParser(line: line).setting(keyword))
        case .unsupported(let keyword):
            if let setting = try SettingParser(line: line).setting(keyword) { settings.append(setting) }
        case .host, .match, .include:
            throw Diagnostic("'\(word)' can't be an option: it belongs in a file", at: location)
        case nil:
            throw Diagnostic("unknown option '\(word)'\(didYouMean(word, among: Keyword.names))", at: location)
        }
    }
}
