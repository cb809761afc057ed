/// What ssh knows of the machine and the person it runs for: `%d`, `%u`, `%l` and the like, and `${NAME}`.
public struct LocalFacts: Sendable {
    /// `%d` and `~`.
    public var home: String
    /// `%u`, and who to be on a host where nothing says so.
    public var user: String
    /// `%i`
    public var userID: UInt32
    /// `%l`, and `%L` up to the first dot.
    public var hostName: String
    public var environment: [String: String]

    public init(home: String, user: String, userID: UInt32, hostName: String, environment: [String: String]) {
        self.home = home
        self.user = user
        self.userID = userID
        self.hostName = hostName
        self.environment = environment
    }

    /// The path with the home directory for a leading `~`; nil for the home of somebody else.
    func expandingTilde(_ path: String) -> String? {
        guard path.hasPrefix("~") else { return path }
        let rest = path.dropFirst()
        guard rest.isEmpty || rest.hasPrefix("/") else { return nil }
        return (home.hasSuffix("/") ? home : home + "/") + rest.drop { $0 == "/" }
    }
}
