import FleetModel

/// What a host's variables say about reaching it, checked; every other variable is the templates' business.
public struct ConnectionVariables: Hashable, Sendable {
    /// Where to connect: `ansible_host`, else the host's name.
    public var address: String
    /// `ansible_port`, 1…65535.
    public var port: Int?
    /// `ansible_user`.
    public var user: String?
    /// `ansible_ssh_private_key_file` or `ansible_private_key_file`, as written: `~` is not expanded.
    public var privateKeyFile: String?
    /// `ansible_become`: whether the host's commands run under sudo; nil where nothing is said.
    public var become: Bool?
    /// `coord_rack=r1` as `["rack": "r1"]`: the labels for `spread_by` and the like.
    public var labels: [String: String]

    /// Reads the variables of one host.
    ///
    /// - Throws: every variable that has a bad value, or asks for a connection that is not SSH.
    public init(of host: HostName, variables: [String: Variable]) throws(Diagnostics) {
        var reader = ConnectionVariableReader(host: host, variables: variables)
        address = reader.word(["ansible_host", "ansible_ssh_host"]) ?? host.text
        port = reader.port(["ansible_port", "ansible_ssh_port"])
        user = reader.word(["ansible_user", "ansible_ssh_user"])
        privateKeyFile = reader.path(["ansible_ssh_private_key_file", "ansible_private_key_file"])
        become = reader.flag("ansible_become")
        labels = reader.labels(prefix: "coord_")
        reader.require(
            "ansible_connection", among: ["ssh", "paramiko", "paramiko_ssh", "smart", "ansible.builtin.ssh"])
        reader.require("ansible_become_method", among: ["sudo", "ansible.builtin.sudo"])
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
