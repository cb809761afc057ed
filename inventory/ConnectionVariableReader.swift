import FleetModel

/// Reads variables in the types that we need and keeps what is wrong with them.
struct ConnectionVariableReader {
    let host: HostName
    let variables: [String: Variable]
    private(set) var problems: [Diagnostic] = []

    init(host: HostName, variables: [String: Variable]) {
        self.host = host
        self.variables = variables
    }

    /// A text without white space that no program takes for an option.
    mutating func word(_ names: [String]) -> String? {
        guard let (name, text, variable) = text(names) else { return nil }
        guard !text.contains(where: \.isWhitespace), !text.hasPrefix("-") else {
            report(name, variable, "has white space or begins with '-'")
            return nil
        }
        return text
    }

    mutating func path(_ names: [String]) -> String? { text(names)?.text }

    mutating func port(_ names: [String]) -> Int? {
        guard let (name, text, variable) = text(names) else { return nil }
        guard let port = Int(text), (1...65535).contains(port) else {
            report(name, variable, "is not a port in 1…65535")
            return nil
        }
        return port
    }

    /// Whole seconds, at least one.
    mutating func seconds(_ names: [String]) -> Int? {
        guard let (name, text, variable) = text(names) else { return nil }
        guard let seconds = Int32(text), seconds > 0 else {
            report(name, variable, "is not a number of seconds")
            return nil
        }
        return Int(seconds)
    }

    /// The words that Ansible takes for true and false.
    mutating func flag(_ names: [String]) -> Bool? {
        guard let (name, text, variable) = text(names) else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on", "1", "y", "t": return true
        case "false", "no", "off", "0", "n", "f": return false
        default:
            report(name, variable, "is neither true nor false", hint: "write true or false")
            return nil
        }
    }

    /// Arguments of ssh; none is what an empty value means there.
    mutating func arguments(_ name: String) -> ConnectionVariables.Arguments? {
        if variables[name]?.value == .string("") { return nil }
        guard let (name, text, variable) = text([name]) else { return nil }
        return ConnectionVariables.Arguments(name: name, text: text, location: variable.location)
    }

    /// A text that no message shows. `remedy`: where else it can come from.
    func secret(_ names: [String], remedy: String) -> Result<Secret?, Diagnostic> {
        guard let name = names.first(where: { variables[$0] != nil }), let variable = variables[name] else {
            return .success(nil)
        }
        if case .encrypted = variable.value {
            return .failure(
                hidden(name, variable, "is encrypted by ansible-vault, which can't be opened here", hint: remedy))
        }
        guard let text = variable.value.scalarText, !text.isEmpty else {
            return .failure(hidden(name, variable, "is empty, or not a single value", hint: remedy))
        }
        guard !variable.isTemplate else {
            return .failure(hidden(name, variable, "is a template, and templates are not evaluated here", hint: remedy))
        }
        guard !text.contains(where: \.isNewline), !text.utf8.contains(0) else {
            return .failure(hidden(name, variable, "has more than one line", hint: remedy))
        }
        return .success(Secret(text))
    }

    mutating func agent(_ name: String) -> ConnectionVariables.Agent? {
        word(name, among: ["system", "user"]).flatMap { ConnectionVariables.Agent(rawValue: $0) }
    }

    /// Only ssh, and only keys.
    mutating func refuseOtherConnections() {
        _ = word(
            "ansible_connection",
            among: ["ssh", "paramiko", "paramiko_ssh", "smart", "ansible.builtin.ssh", "ansible.builtin.paramiko_ssh"],
            but: [
                "local": "coord reaches every host over SSH; leave this one out: --limit '!\(host)'",
                "ansible.builtin.local": "coord reaches every host over SSH; leave this one out: --limit '!\(host)'",
            ])
        for name in ["ansible_password", "ansible_ssh_pass", "ansible_ssh_password"] {
            guard let variable = variables[name] else { continue }
            problems.append(
                hidden(
                    name, variable, "is not supported: coord logs in with keys only",
                    hint: "put a key on the host (ssh-copy-id), then take the variable out"))
        }
    }

    /// Only sudo, and only root.
    mutating func refuseOtherWaysToBecomeRoot() {
        _ = word("ansible_become_method", among: ["sudo", "ansible.builtin.sudo"])
        for name in ["ansible_become_user", "ansible_sudo_user"] {
            guard let (name, text, variable) = text([name]), text != "root" else { continue }
            report(
                name, variable, "is not supported: the agent is root's or the login user's",
                hint: "take it out, or log in as that user with ansible_user=\(text.printable()) coord_agent=user")
        }
        guard let (name, text, variable) = text(["ansible_become_exe"]), text.split(separator: "/").last != "sudo"
        else {
            return
        }
        report(name, variable, "is not supported: only sudo is")
    }

    /// One of a few words, or nothing. `remedies`: for words that are not supported, and that people often have.
    private mutating func word(
        _ name: String, among supported: [String], but remedies: [String: String] = [:]
    ) -> String? {
        guard let (name, text, variable) = text([name]) else { return nil }
        if supported.contains(text) { return text }
        if let remedy = remedies[text] {
            report(name, variable, "is not supported", hint: remedy)
        } else {
            report(
                name, variable, "is not supported\(didYouMean(text, among: supported))",
                hint: "supported: \(supported.joined(separator: ", "))")
        }
        return nil
    }

    mutating func labels(prefix: String, but others: Set<String>) -> [String: String] {
        var labels: [String: String] = [:]
        for name in variables.keys.filter({ $0.hasPrefix(prefix) && !others.contains($0) }).sorted() {
            labels[String(name.dropFirst(prefix.count))] = text([name])?.text
        }
        return labels
    }

    /// The text of the variable that is set under one of the names; two that disagree are a problem.
    private mutating func text(_ names: [String]) -> (name: String, text: String, variable: Variable)? {
        let present = names.compactMap { name in variables[name].map { (name, $0) } }
        guard let (name, variable) = present.first else { return nil }
        for (other, otherVariable) in present.dropFirst() where otherVariable.value != variable.value {
            report(other, otherVariable, "contradicts \(name), which is '\(variable.text.printable())'")
        }
        guard let text = variable.value.scalarText else {
            if case .encrypted = variable.value {
                report(
                    name, variable, "is encrypted by ansible-vault, which can't be opened here",
                    hint: "write the value itself, or set it where coord reads it")
            } else {
                report(name, variable, "is a list or a dictionary, not a single value")
            }
            return nil
        }
        guard !text.isEmpty else {
            report(name, variable, "is empty", hint: "give it a value or take it out")
            return nil
        }
        guard !variable.isTemplate else {
            report(name, variable, "is a template", hint: "templates are not evaluated here; write the value itself")
            return nil
        }
        guard text == text.printable(), !text.contains("\n") else {
            report(name, variable, "has control characters")
            return nil
        }
        return (name, text, variable)
    }

    private mutating func report(_ name: String, _ variable: Variable, _ problem: String, hint: String? = nil) {
        let text = variable.text.printable(maximumBytes: 80)
        problems.append(
            Diagnostic("host '\(host)': \(name) '\(text)' \(problem)", at: variable.location, hint: hint))
    }

    /// A problem that does not show the value.
    private func hidden(_ name: String, _ variable: Variable, _ problem: String, hint: String?) -> Diagnostic {
        Diagnostic("host '\(host)': \(name) \(problem)", at: variable.location, hint: hint)
    }
}

extension Value {
    /// Nil for lists and dictionaries; `null` has no text.
    fileprivate var scalarText: String? {
        switch self {
        case .string(let text), .unsafe(let text): text
        case .int(let number): "\(number)"
        case .double(let number): "\(number)"
        case .bool(let isTrue): isTrue ? "True" : "False"
        case .null: ""
        case .list, .dictionary, .encrypted: nil
        }
    }
}
