import FleetModel
import Inventory

/// What templates may use: of each host its variables in the inventory, and what is the same for all.
///
/// Encodable, so that a rollout renders the same after it was resumed; ``restricted(to:)`` keeps what no template
/// names, such as passwords in an inventory, out of the store.
public struct TemplateVariables: Sendable, Codable, Hashable {
    /// `{{secret.NAME}}`.
    static let secretName = "secret"

    /// Each host's own, `inventory_hostname`, `group_names` and `coord` among them.
    public private(set) var hosts: [HostName: [String: Value]]
    /// The same for all hosts; `groups`.
    public private(set) var shared: [String: Value]
    /// Names that some host of the inventory has: what a section names and nobody has is a mistake.
    private var known: Set<String>

    /// Of the given hosts.
    public init(of names: [HostName], in inventory: Inventory) {
        hosts = [:]
        known = []
        for host in inventory.hosts { known.formUnion(inventory.variables(of: host.name).keys) }
        for name in names {
            var values = inventory.variables(of: name).mapValues { $0.value.encodable }
            values["inventory_hostname"] = .string(name.text)
            let groups = inventory.groups(of: name).filter { $0 != "all" }.sorted()
            values["group_names"] = .list(groups.map(Value.string))
            hosts[name] = values
        }
        var members: [String: [Value]] = ["all": inventory.hosts.map { .string($0.name.text) }]
        for host in inventory.hosts {
            for group in inventory.groups(of: host.name) where group != "all" {
                members[group, default: []].append(.string(host.name.text))
            }
        }
        var groups = Value.Entries()
        for (name, hosts) in members { groups[name] = .list(hosts) }
        shared = ["groups": .dictionary(groups)]
    }

    /// None but those of the hosts' names.
    public init(of names: [HostName]) {
        hosts = Dictionary(
            names.map { ($0, ["inventory_hostname": .string($0.text)]) }, uniquingKeysWith: { first, _ in first })
        (shared, known) = ([:], [])
    }

    /// Sets `coord.NAME` for every host.
    public mutating func describe(_ facts: [String: String]) {
        for host in hosts.keys {
            var values: Value.Entries = ["host": .string(host.text)]
            for (name, text) in facts { values[name] = .string(text) }
            hosts[host]?["coord"] = .dictionary(values)
        }
    }

    /// Only what is named.
    public func restricted(to names: Set<String>) -> TemplateVariables {
        var result = self
        result.hosts = hosts.mapValues { $0.filter { names.contains($0.key) } }
        result.shared = shared.filter { names.contains($0.key) }
        result.known = known.intersection(names)
        return result
    }

    /// Some host has a variable of that name, so that its absence on another may be meant.
    func isKnown(_ name: String) -> Bool {
        known.contains(name) || shared[name] != nil || hosts.values.contains { $0[name] != nil }
    }
}

extension Value {
    /// JSON has no number for infinity and none for NaN.
    fileprivate var encodable: Value {
        switch self {
        case .double(let number) where !number.isFinite: .string("\(number)")
        case .list(let values): .list(values.map(\.encodable))
        case .dictionary(let values): .dictionary(Entries(values.map { ($0, $1.encodable) }))
        default: self
        }
    }
}
