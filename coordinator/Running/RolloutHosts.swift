import FleetModel
import HostAccess
import Inventory
import RolloutDriver
import RolloutSpec

/// The hosts of a rollout: those that a spec and `--limit` select, and those that the spec names beside.
struct RolloutHosts {
    /// In inventory order.
    var selected: [HostEndpoint]
    /// The hosts of the service, whatever `--limit` says.
    var groupSize: Int
    var named: NamedHosts
    /// Whoever is spoken to, and what it takes to be root there.
    var all: HostSelection

    /// - Throws: ``Failure`` where a pattern or a name means no host, or hosts can't be reached as the inventory says.
    init(of spec: RolloutSpec, in inventory: Inventory, _ fleet: FleetOptions, failed: FailedHosts?) throws {
        let names = try fleet.selectNames(spec.hosts, from: inventory, failed: failed)
        let group = try fleet.selectAll(spec.hosts, from: inventory, failed: failed)
        let balancers = try spec.traffic?.hosts.map { try fleet.selectAll($0, from: inventory, failed: failed) } ?? []
        let schemaHost = try spec.schema.map { try Self.host($0.host, in: inventory) }
        // Who is not selected is only known by its address, for the balancers.
        let others = spec.traffic == nil ? [] : group
        let known = Self.distinct(names + balancers + [schemaHost].compactMap(\.self) + others)
        var selection = try fleet.endpoints(of: known, in: inventory)
        let endpoints = Dictionary(
            selection.endpoints.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        selected = names.compactMap { endpoints[$0] }
        groupSize = group.count
        named = NamedHosts()
        named.group = others.compactMap { endpoints[$0] }
        named.balancers = balancers.compactMap { endpoints[$0] }
        named.schemaHost = schemaHost.flatMap { endpoints[$0] }
        for pattern in spec.strategy.patterns {
            named.patterns[pattern.text] = try fleet.selectAll(pattern, from: inventory, failed: failed)
        }
        let labels = spec.strategy.labels
        for label in (labels.domains + labels.quorums).map(\.text) {
            named.labels[label] = Self.values(of: label, on: names, in: inventory)
        }
        named.addresses = Self.values(of: "coord_address", on: others, in: inventory)
        let spokenTo = Set((selected + named.helpers(beside: selected)).map(\.name))
        selection.endpoints.removeAll { !spokenTo.contains($0.name) }
        all = selection
    }

    private static func distinct(_ names: [HostName]) -> [HostName] {
        var seen: Set<HostName> = []
        return names.filter { seen.insert($0).inserted }
    }

    private static func host(_ text: LocatedText, in inventory: Inventory) throws -> HostName {
        if let name = HostName(text.text), inventory.host(name) != nil { return name }
        let suggestion = didYouMean(text.text, among: inventory.hosts.map(\.name.text))
        throw Failure(
            Diagnostic(
                "unknown host '\(text.text.printable())'\(suggestion)", at: text.location,
                hint: "the schema's host is one of the inventory's"))
    }

    /// Of the variable, or of `coord_` and its name, as older inventories have it.
    private static func values(of label: String, on hosts: [HostName], in inventory: Inventory) -> [HostName: String] {
        var values: [HostName: String] = [:]
        for host in hosts {
            let variables = inventory.variables(of: host)
            values[host] = (variables[label] ?? variables["coord_\(label)"])?.value.labelText
        }
        return values
    }
}

extension Value {
    /// What tells domains apart; nil for what has no one text.
    fileprivate var labelText: String? {
        switch self {
        case .string(let text), .unsafe(let text): text
        case .int(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        case .double(let number): "\(number)"
        case .null, .list, .dictionary, .encrypted: nil
        }
    }
}

extension RolloutSpec.Traffic {
    /// The pattern of the hosts that run a balancer; nil where a script speaks to it.
    fileprivate var hosts: LocatedText? {
        switch balancers {
        case .haproxy(let haproxy): haproxy.hosts
        case .nginx(let nginx): nginx.hosts
        case .script: nil
        }
    }
}
