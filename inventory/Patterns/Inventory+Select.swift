import FleetModel

extension Inventory {
    /// The hosts that a pattern selects, in the order of the inventory; never none.
    ///
    /// - Parameters:
    ///   - pattern: terms separated by `:` or `,`: groups, hosts, globs, `~` and a regular expression; `&` before a
    ///     term keeps only its hosts, `!` takes them out.
    ///   - location: where the pattern is written, for what is wrong with it.
    ///   - limit: a second pattern; only hosts that both select remain.
    ///   - list: gives the text behind `@name`: terms, one a line.
    /// - Throws: where a term names nothing, a pattern is malformed, or no host is left.
    public func select(
        _ pattern: String, at location: SourceLocation? = nil, limit: String? = nil,
        list: HostPattern.ListReader = HostPattern.noLists
    ) throws(Diagnostic) -> [HostName] {
        let (pattern, all) = try located(at: location) { () throws(Diagnostic) in try selection(of: pattern, list) }
        var selected = all
        if let limit {
            let limit = try HostPattern(limit, list: list)
            selected.formIntersection(try selection(of: limit))
            guard !selected.isEmpty else {
                throw Diagnostic(
                    "the limit '\(limit.text)' leaves no host of '\(pattern.text)'",
                    hint: Self.graphHint)
            }
        }
        return selected.sorted().map { hosts[$0].name }
    }

    /// What is wrong with a pattern, with its place.
    private func located<Value>(
        at location: SourceLocation?, _ body: () throws(Diagnostic) -> Value
    ) throws(Diagnostic) -> Value {
        do throws(Diagnostic) { return try body() } catch {
            throw Diagnostic(error.problem, at: error.location ?? location, hint: error.hint)
        }
    }

    /// Never none.
    private func selection(
        of text: String, _ list: HostPattern.ListReader
    ) throws(Diagnostic) -> (pattern: HostPattern, hosts: Set<Int>) {
        let pattern = try HostPattern(text, list: list)
        let selected = try selection(of: pattern)
        guard !selected.isEmpty else {
            throw Diagnostic(
                "the host pattern '\(pattern.text)' selects no host",
                hint: hosts.isEmpty ? "the inventory lists no host" : Self.graphHint)
        }
        return (pattern, selected)
    }

    private static let graphHint = "coord inventory INVENTORY --graph shows which group has which hosts"

    /// All additions first, then intersections, then exclusions, in whatever order they are written.
    private func selection(of pattern: HostPattern) throws(Diagnostic) -> Set<Int> {
        var hosts: [HostPattern.Operation: [[Int]]] = [:]
        for term in pattern.terms {
            var found: [Int] = []
            for operand in term.operands { found += try matches(of: operand, in: pattern) }
            hosts[term.operation, default: []].append(found)
        }
        var selected = Set(hosts[.add]?.joined().map { $0 } ?? Array(self.hosts.indices))
        for others in hosts[.intersect] ?? [] { selected.formIntersection(others) }
        for others in hosts[.exclude] ?? [] { selected.subtract(others) }
        return selected
    }

    private func matches(of term: HostPattern.Operand, in pattern: HostPattern) throws(Diagnostic) -> [Int] {
        let (groups, hosts) = try named(by: term.expression)
        guard !groups.isEmpty || !hosts.isEmpty else { throw unknown(term.expression, in: pattern) }
        var seen = Set<Int>()
        let all = (groups.flatMap(members(ofGroup:)) + hosts).filter { seen.insert($0).inserted }
        guard let positions = term.positions else { return all }
        let first = positions.first < 0 ? all.count + positions.first : positions.first
        let last = positions.last.map { $0 < 0 ? all.count + $0 : $0 } ?? Int.max
        guard all.indices.contains(first) else {
            let count = "\(all.count) host\(all.count == 1 ? "" : "s")"
            throw Diagnostic(
                "'\(term.expression.printable())' has \(count), none at position \(positions.first)",
                hint: "positions count from 0")
        }
        return Array(all[first...min(last, all.count - 1)])
    }

    /// The groups and hosts that the expression names; `*` is every group, so every host.
    private func named(by expression: String) throws(Diagnostic) -> (groups: [Int], hosts: [Int]) {
        if expression == "*" { return ([InventoryDraft.all], []) }
        if expression.hasPrefix("~") { return try matching(regularExpression: String(expression.dropFirst())) }
        if Glob.isPattern(expression) {
            let glob = Glob(expression)
            return (
                groups.indices.filter { glob.matches(groups[$0].name) },
                hosts.indices.filter { glob.matches(hosts[$0].name.text) }
            )
        }
        let host = HostName(expression).flatMap { hostIndexes[$0] }
        return (groupIndexes[expression].map { [$0] } ?? [], host.map { [$0] } ?? [])
    }

    /// The expression need match only the beginning of a name, as in Python's `re.match`.
    private func matching(regularExpression text: String) throws(Diagnostic) -> (groups: [Int], hosts: [Int]) {
        let expression = try NameExpression(text)
        return (
            groups.indices.filter { expression.matches(groups[$0].name) },
            hosts.indices.filter { expression.matches(hosts[$0].name.text) }
        )
    }

    private func unknown(_ expression: String, in pattern: HostPattern) -> Diagnostic {
        let names =
            groups.prefix(InventoryLimits.maximumGroupSuggestions).map(\.name)
            + hosts.prefix(InventoryLimits.maximumHostSuggestions).map(\.name.text)
        let name = expression.printable(maximumBytes: 200)
        let place = expression == pattern.text ? "" : " in the host pattern '\(pattern.text)'"
        return Diagnostic(
            "unknown host or group '\(name)'\(place)\(didYouMean(name, among: names))",
            hint: "terms are groups, hosts or globs, with ':' or ',' between them")
    }
}
