import FleetModel

/// ssh's own arguments: options, `-W`, and what is no option. See ssh(1).
struct SSHArguments {
    private(set) var options = SSHOptions()
    /// `-W`
    private(set) var forward: String?
    /// The destination, and the words of a command.
    private(set) var operands: [String] = []
    private let location: SourceLocation?

    /// Options without an argument, and of no consequence to us.
    private static let plainFlags = Set("1AaCfGgKkMNnPqsTtvVXxYy")
    /// Options with an argument, and of no consequence to us.
    private static let plainOptions = Set("DEeLOQRSw")
    private static let meaningfulOptions = Set("BbcFIiJlmopW")

    init(_ words: [String], at location: SourceLocation?) throws(Diagnostic) {
        self.location = location
        var rest = words[...]
        while let word = rest.popFirst() {
            // As in ssh, options may also follow the destination, but not the command's first word.
            guard word.hasPrefix("-"), word != "-", operands.count < 2 else {
                operands.append(word)
                continue
            }
            if word == "--" {
                operands += rest
                return
            }
            try take(word.dropFirst(), &rest)
        }
    }

    /// A cluster such as `-qp 22` or `-p22`.
    private mutating func take(_ cluster: Substring, _ rest: inout ArraySlice<String>) throws(Diagnostic) {
        var letters = cluster
        while let letter = letters.popFirst() {
            if Self.plainFlags.contains(letter) { continue }
            if letter == "4" || letter == "6" {
                try options.append(line: "AddressFamily=inet\(letter == "6" ? "6" : "")", at: location)
                continue
            }
            guard Self.plainOptions.contains(letter) || Self.meaningfulOptions.contains(letter) else {
                throw Diagnostic("ssh has no option '-\(String(letter).printable())'", at: location, hint: "see ssh(1)")
            }
            guard let value = letters.isEmpty ? rest.popFirst() : String(letters) else {
                throw Diagnostic("ssh's option '-\(String(letter).printable())' has no value", at: location)
            }
            return try take(letter, value)
        }
    }

    private mutating func take(_ letter: Character, _ value: String) throws(Diagnostic) {
        switch letter {
        case "o": try options.append(line: value, at: location)
        case "i": options.append(.identityFile(value), at: location)
        case "l": options.append(.user(value), at: location)
        case "F": options.choose(SSHConfigChoice(option: value))
        case "W": forward = value
        case "p":
            guard let port = JumpHost.port(value) else { throw malformed(letter, value, "a port in 1…65535") }
            options.append(.port(port), at: location)
        case "J":
            guard let jumps = JumpHost.list(value) else {
                throw malformed(letter, value, "a list of [user@]host[:port]")
            }
            options.append(.proxyJump(jumps), at: location)
        case "b", "B", "c", "I", "m": try options.append(line: "\(Self.keywords[letter] ?? "")=\(value)", at: location)
        default: break
        }
    }

    private static let keywords: [Character: String] = [
        "b": "BindAddress", "B": "BindInterface", "c": "Ciphers", "I": "PKCS11Provider", "m": "MACs",
    ]

    private func malformed(_ letter: Character, _ value: String, _ expected: String) -> Diagnostic {
        Diagnostic("-\(letter) '\(value.printable(maximumBytes: 80))' is not \(expected)", at: location)
    }
}
