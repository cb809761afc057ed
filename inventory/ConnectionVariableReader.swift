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

    /// The words that Ansible takes for true and false.
    mutating func flag(_ name: String) -> Bool? {
        guard let (name, text, variable) = text([name]) else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on", "1", "y", "t": return true
        case "false", "no", "off", "0", "n", "f": return false
        default:
            report(name, variable, "is neither true nor false", hint: "write true or false")
            return nil
        }
    }

    mutating func require(_ name: String, among supported: [String]) {
        guard let (name, text, variable) = text([name]), !supported.contains(text) else { return }
        report(
            name, variable, "is not supported\(didYouMean(text, among: supported))",
            hint: "supported: \(supported.joined(separator: ", "))")
    }

    mutating func labels(prefix: String) -> [String: String] {
        var labels: [String: String] = [:]
        for name in variables.keys.sorted() where name.hasPrefix(prefix) {
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
