import FleetModel

/// A `ProxyCommand` that only goes through another host with ssh: the same as a jump, and better taken as one, because
/// then all hosts behind it share one connection.
struct ForwardingCommand {
    /// All behind `ssh`, the destination too; tokens are not yet expanded.
    private let words: [String]

    /// Nil for any other command.
    init?(_ command: String) {
        guard let split = ShellWords.split(Self.withoutSilencing(command), isPlainOnly: true) else { return nil }
        var rest = split[...]
        if rest.first == "exec" { rest.removeFirst() }
        guard let program = rest.popFirst(), program.split(separator: "/").last == "ssh",
            let arguments = try? SSHArguments(Array(rest), at: nil), arguments.operands.count == 1,
            let forward = arguments.forward, Self.forwards.contains(forward)
        else { return nil }
        words = Array(rest)
    }

    /// People throw away what such an ssh says.
    private static func withoutSilencing(_ command: String) -> String {
        for ending in [" 2>/dev/null", " 2> /dev/null"] where command.hasSuffix(ending) {
            return String(command.dropLast(ending.count))
        }
        return command
    }

    private static let forwards: Set = ["%h:%p", "[%h]:%p"]

    /// Whether it is the same command for all hosts, but for `-W`.
    private var isSameForAll: Bool {
        words.allSatisfy { word in
            !word.utf8.contains(UInt8(ascii: "%")) || Self.forwards.contains { word.hasSuffix($0) }
        }
    }

    /// The words for one host; equal words lead through the same hosts.
    func words(for tokens: () -> TokenExpansion, at location: SourceLocation?) throws(Diagnostic) -> [String] {
        guard !isSameForAll else { return words }
        let expansion = tokens()
        var expanded: [String] = []
        for word in words { expanded.append(try expansion.expand(word, of: "ProxyCommand", at: location)) }
        return expanded
    }
}
