import FleetModel

/// What a host's variables say about reaching it, checked; every other variable is the templates' business.
public struct ConnectionVariables: Hashable, Sendable {
    /// Whose agent the host runs: `coord_agent`.
    public enum Agent: String, Hashable, Sendable {
        /// Root's.
        case system
        /// The login user's own.
        case user
    }

    /// Arguments of ssh as written, and where.
    public struct Arguments: Hashable, Sendable {
        /// The variable's name.
        public var name: String
        public var text: String
        public var location: SourceLocation
    }

    /// Where to connect: `ansible_host`, else the host's name.
    public var address: String
    /// `ansible_port`, 1…65535.
    public var port: Int?
    /// `ansible_user`.
    public var user: String?
    /// `ansible_ssh_private_key_file` or `ansible_private_key_file`, as written: `~` is not expanded.
    public var privateKeyFile: String?
    /// `ansible_ssh_args`: these go before all other variables, as Ansible hands them to ssh.
    public var sshArguments: Arguments?
    /// `ansible_ssh_common_args` and `ansible_ssh_extra_args`, in this order: these go after.
    public var furtherSSHArguments: [Arguments]
    /// `ansible_ssh_host_key_checking` or `ansible_host_key_checking`, and where it says so.
    public var hostKeyChecking: Bool?
    public var hostKeyCheckingLocation: SourceLocation?
    /// `ansible_ssh_timeout`, in seconds.
    public var connectTimeout: Int?
    /// `ansible_become`: whether the host's commands run under sudo; nil where nothing is said.
    public var become: Bool?
    /// `ansible_become_password`: what sudo asks for.
    public var becomePassword: Secret?
    /// Why it can't be used, for instance because it is a template; no harm where the password comes from elsewhere.
    public var becomePasswordProblem: Diagnostic?
    /// `coord_agent`: nil where nothing is said.
    public var agent: Agent?
    /// `coord_rack=r1` as `["rack": "r1"]`: the labels for `spread_by` and the like.
    public var labels: [String: String]

    /// Reads the variables of one host.
    ///
    /// - Throws: every variable that has a bad value, or asks for what can't be done.
    public init(of host: HostName, variables: [String: Variable]) throws(Diagnostics) {
        var reader = ConnectionVariableReader(host: host, variables: variables)
        address = reader.word(["ansible_host", "ansible_ssh_host"]) ?? host.text
        port = reader.port(["ansible_port", "ansible_ssh_port"])
        user = reader.word(["ansible_user", "ansible_ssh_user"])
        privateKeyFile = reader.path(["ansible_ssh_private_key_file", "ansible_private_key_file"])
        sshArguments = reader.arguments("ansible_ssh_args")
        furtherSSHArguments = ["ansible_ssh_common_args", "ansible_ssh_extra_args"].compactMap { reader.arguments($0) }
        let checking = ["ansible_ssh_host_key_checking", "ansible_host_key_checking"]
        hostKeyChecking = reader.flag(checking)
        hostKeyCheckingLocation = checking.compactMap { variables[$0]?.location }.first
        connectTimeout = reader.seconds(["ansible_ssh_timeout", "ansible_timeout"])
        become = reader.flag(["ansible_become", "ansible_sudo"])
        switch reader.secret(
            ["ansible_become_password", "ansible_become_pass", "ansible_sudo_pass"],
            remedy: "give coord --ask-become-pass")
        {
        case .success(let secret): becomePassword = secret
        case .failure(let problem): becomePasswordProblem = problem
        }
        agent = reader.agent("coord_agent")
        labels = reader.labels(prefix: "coord_", but: ["coord_agent"])
        reader.refuseOtherConnections()
        if become != false { reader.refuseOtherWaysToBecomeRoot() }
        if !reader.problems.isEmpty { throw Diagnostics(reader.problems) }
    }
}

extension Inventory {
    /// How to reach the host; see ``ConnectionVariables``.
    ///
    /// - Throws: every variable of the host that has a bad value.
    public func connectionVariables(of host: HostName) throws(Diagnostics) -> ConnectionVariables {
        try ConnectionVariables(of: host, variables: variables(of: host))
    }
}
