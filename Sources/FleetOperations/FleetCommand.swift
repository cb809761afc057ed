import HostAccess

/// A command as a person typed it for many hosts, and as whom it runs there.
public struct FleetCommand: Sendable, Hashable {
    private let words: [String]
    private let becomesRoot: Bool

    /// - Parameters:
    ///   - words: one word is text for the host's `sh`, as ssh(1) takes it; several are the arguments as they are.
    ///   - becomesRoot: through sudo, for users that are not root anyway.
    public init(_ words: [String], becomesRoot: Bool) {
        self.words = words
        self.becomesRoot = becomesRoot
    }

    /// For one run whose standard output and error are kept apart.
    func command(as user: String) -> Command { Command(arguments, asRoot: isRaised(user)) }

    /// The same with both in one stream, in the order in which they were written, and nothing to read.
    func mergedCommand(as user: String) -> Command {
        Command(["sh", "-c", #"exec "$@" 2>&1 </dev/null"#, "sh"] + arguments, asRoot: isRaised(user))
    }

    private var arguments: [String] { words.count == 1 ? ["sh", "-c", words[0]] : words }

    private func isRaised(_ user: String) -> Bool { becomesRoot && user != "root" }
}
