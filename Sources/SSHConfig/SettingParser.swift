import FleetModel

/// Turns a line into a setting, or says what is wrong with it.
struct SettingParser {
    let line: ConfigLine

    func setting(_ keyword: HonouredKeyword) throws(Diagnostic) -> Setting {
        // The proxies take the rest of the line as it is (ssh_config(5)), but their quotes must match, too.
        let words = try line.words()
        let kind: Setting.Kind =
            switch keyword {
            case .proxyJump: .proxyJump(try jumps())
            case .proxyCommand: .proxyCommand(command)
            case .userKnownHostsFile: .userKnownHostsFiles(try files(words))
            case .globalKnownHostsFile: .globalKnownHostsFiles(try files(words))
            default: try scalar(keyword, try only(words))
            }
        return Setting(kind: kind, location: line.location)
    }

    /// Nil where the value asks for nothing that we don't do.
    func setting(_ keyword: UnsupportedKeyword) throws(Diagnostic) -> Setting? {
        let value = try line.words().first ?? ""
        return keyword.isHarmless(value) ? nil : Setting(kind: .unsupported(keyword), location: line.location)
    }

    private func scalar(_ keyword: HonouredKeyword, _ word: String) throws(Diagnostic) -> Setting.Kind {
        switch keyword {
        case .hostName: .hostName(word)
        case .user: .user(word)
        case .port: .port(try port(word))
        case .identityFile: .identityFile(word)
        case .certificateFile: .certificateFile(word)
        case .identitiesOnly: .identitiesOnly(try flag(word))
        case .identityAgent: .identityAgent(word)
        case .strictHostKeyChecking: .hostKeyChecking(try hostKeyChecking(word))
        case .connectTimeout: .connectTimeout(try seconds(word))
        case .serverAliveInterval: .aliveInterval(try seconds(word))
        case .serverAliveCountMax: .aliveCountMaximum(try count(word))
        case .hostKeyAlias: .hostKeyAlias(word)
        case .ignoreUnknown: .ignoreUnknown(PatternList(commaSeparated: word.lowercased()))
        case .proxyJump, .proxyCommand, .userKnownHostsFile, .globalKnownHostsFile:
            preconditionFailure("read as a whole")
        }
    }

    private func only(_ words: [String]) throws(Diagnostic) -> String {
        guard let word = words.first, !word.isEmpty else { throw problem("has no value") }
        guard words.count == 1 else {
            throw problem(
                "has more than one value", hint: "quote a value with spaces; ssh refuses what follows the first value")
        }
        return word
    }

    /// At most 32 files, as in ssh (readconf.h, `SSH_MAX_HOSTS_FILES`).
    private func files(_ words: [String]) throws(Diagnostic) -> [String] {
        guard !words.isEmpty, !words.contains("") else { throw problem("has an empty value") }
        guard words.count <= 32 else { throw problem("names more than 32 files") }
        guard words.contains(where: { $0.lowercased() == "none" }) else { return words }
        guard words.count == 1 else { throw problem("'none' must stand alone") }
        return []
    }

    private var command: String {
        String(line.rest.drop { $0 == " " || $0 == "\t" || $0 == "=" })
    }

    private func jumps() throws(Diagnostic) -> [JumpHost] {
        let text = command.prefix { $0 != "#" }
        let list = String(decoding: text.utf8.reversed().drop(while: ConfigLine.isBlank).reversed(), as: UTF8.self)
        guard let jumps = JumpHost.list(list) else {
            throw problem(
                "'\(list.printable(maximumBytes: 200))' is not a list of [user@]host[:port]",
                hint: "write ProxyJump bastion.example.net, or several with commas")
        }
        return jumps
    }

    private func port(_ word: String) throws(Diagnostic) -> Int {
        guard let port = JumpHost.port(word) else { throw problem("'\(shown(word))' is not a port in 1…65535") }
        return port
    }

    private func flag(_ word: String) throws(Diagnostic) -> Bool {
        switch word.lowercased() {
        case "yes", "true": return true
        case "no", "false": return false
        default: throw problem("'\(shown(word))' is neither yes nor no")
        }
    }

    private func hostKeyChecking(_ word: String) throws(Diagnostic) -> HostKeyChecking {
        guard let checking = HostKeyChecking(word: word) else {
            throw problem("'\(shown(word))' is none of yes, accept-new, ask, no, off")
        }
        return checking
    }

    private func count(_ word: String) throws(Diagnostic) -> Int {
        guard let count = Int32(word) else { throw problem("'\(shown(word))' is not a number") }
        return Int(count)
    }

    /// `90`, `1m30s`, `2h`, in the units of sshd_config(5), TIME FORMATS; nil for `none`.
    private func seconds(_ word: String) throws(Diagnostic) -> Int? {
        if word == "none" { return nil }
        var total: Int32 = 0
        var rest = word[...]
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let scale = rest.popFirst().map { Self.units[$0.lowercased()] } ?? 1
            guard let number = Int32(digits), let scale else {
                throw problem("'\(shown(word))' is not a time", hint: "write seconds, or such as 1m30s")
            }
            let (part, overflow) = number.multipliedReportingOverflow(by: scale)
            let (sum, sumOverflow) = total.addingReportingOverflow(part)
            guard !overflow, !sumOverflow else { throw problem("'\(shown(word))' is too long a time") }
            total = sum
        } while !rest.isEmpty
        return Int(total)
    }

    private static let units: [String: Int32] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]

    private func shown(_ word: String) -> String { word.printable(maximumBytes: 80) }

    private func problem(_ text: String, hint: String? = nil) -> Diagnostic {
        Diagnostic("\(line.keyword.printable(maximumBytes: 80)) \(text)", at: line.location, hint: hint)
    }
}
