import FleetModel
import HostAccess

/// What is wanted of a host's journal (journalctl(1)).
public struct JournalQuery: Sendable, Hashable {
    /// Whose unit it is.
    public enum Unit: Sendable, Hashable {
        /// The system's, read through sudo by all but root.
        case system(String)
        /// The login user's own.
        case user(String)
    }

    /// Of the lines of one host that are there already; those that come while it is followed are not counted.
    public static let maximumLines = 10_000

    /// Which unit's.
    public var unit: Unit
    /// The last so many lines.
    public var lines: Int
    /// Nothing older than that; nil means as old as they are.
    public var since: Duration?
    /// Goes on with what is written from now on.
    public var follows: Bool

    public init(unit: Unit, lines: Int, since: Duration? = nil, follows: Bool = false) {
        self.unit = unit
        self.lines = lines
        self.since = since
        self.follows = follows
    }

    /// The command that prints it, one JSON object a line; after `cursor` where one is known.
    func command(as user: String, after cursor: String?) -> Command {
        var arguments = ["journalctl", "--quiet", "--no-pager", "--all", "--output=json"]
        let isSystem: Bool
        switch unit {
        case .system(let name):
            isSystem = true
            arguments.append("--unit=\(name)")
        case .user(let name):
            isSystem = false
            arguments.append("--user-unit=\(name)")
        }
        if let cursor {
            arguments.append("--after-cursor=\(cursor)")
        } else {
            arguments.append("--lines=\(min(lines, Self.maximumLines))")
            if let since { arguments.append("--since=-\(max(1, since.components.seconds))s") }
        }
        if follows { arguments += ["--follow"] + (cursor == nil ? [] : ["--no-tail"]) }
        return Command(["sh", "-c", Self.leashed, "sh"] + arguments, asRoot: isSystem && user != "root")
    }

    /// Ends the command when its standard input does, which is when the connection is gone: sshd tells a command
    /// without a terminal in no other way, and a quiet journal would be followed for ever.
    private static let leashed = """
        exec 3<&0
        "$@" </dev/null 3<&- & reader=$!
        { cat <&3; kill "$reader"; } >/dev/null 2>&1 & watcher=$!
        exec 3<&-
        wait "$reader"; status=$?
        kill "$watcher" 2>/dev/null
        exit "$status"
        """
}
