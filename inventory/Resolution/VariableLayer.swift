/// What the folders `group_vars` and `host_vars` in one place set.
struct VariableLayer: Sendable {
    /// False for the current folder, where Ansible expects playbooks: what it sets is not told of groups.
    let isBesideInventory: Bool
    private var groups: [Int: [String: Variable]] = [:]
    private var hosts: [Int: [String: Variable]] = [:]

    init(isBesideInventory: Bool) { self.isBesideInventory = isBesideInventory }

    func variables(ofGroup group: Int) -> [String: Variable] { groups[group] ?? [:] }

    func variables(ofHost host: Int) -> [String: Variable] { hosts[host] ?? [:] }

    /// Later files override earlier ones.
    mutating func add(_ variables: [String: Variable], toGroup group: Int) {
        groups[group, default: [:]].merge(variables) { $1 }
    }

    mutating func add(_ variables: [String: Variable], toHost host: Int) {
        hosts[host, default: [:]].merge(variables) { $1 }
    }
}
