import FleetModel

/// The programs that change a database's schema around a rollout.
public struct SchemaPlan: Hashable, Sendable {
    /// Where they run.
    public var host: HostName
    public var hooks: Set<SchemaHook>

    public init(host: HostName, hooks: Set<SchemaHook>) {
        self.host = host
        self.hooks = hooks
    }
}

// What every strategy's steps get around and in between, and what no strategy may do.

extension PlanRequest {
    func steps(of course: StrategyCourse) throws(PlanRefusal) -> [PlanStep] {
        var steps = course.steps
        if rehearsesRollback { try insertRehearsal(into: &steps) }
        guard let schema, !course.batches.isEmpty else { return steps }
        if schema.hooks.contains(.expand) { steps.insert(.runSchemaHook(.expand, on: schema.host), at: 0) }
        if schema.hooks.contains(.contract) {
            try refuseEarlyContract(in: course)
            steps.append(.runSchemaHook(.contract, on: schema.host))
        }
        return steps
    }

    private func insertRehearsal(into steps: inout [PlanStep]) throws(PlanRefusal) {
        guard isReversible else {
            throw PlanRefusal(
                "a rollback can't be rehearsed where there is none", hint: "drop 'rehearse_rollback' or 'reversible'")
        }
        guard let first = steps.firstIndex(where: { $0.batch != nil }), let batch = steps[first].batch else { return }
        steps.insert(contentsOf: [.restore(batch: batch), .change(batch: batch)], at: first + 1)
    }

    /// What the old release needs may go only when nothing runs it any more.
    private func refuseEarlyContract(in course: StrategyCourse) throws(PlanRefusal) {
        if let offline = course.hosts.first(where: \.isOffline) {
            throw PlanRefusal(
                "\(offline.name) can't be reached and may run the old release on, "
                    + "so the schema's 'contract' would come too early",
                hint: "bring it back, or leave 'contract' to a later rollout")
        }
        let isOldStopped = course.steps.contains { if case .retire = $0 { true } else { false } }
        let wasServing = traffic?.initial.weights.values.contains { $0 > 0 } ?? false
        if case .blueGreen = strategy, wasServing, !isOldStopped {
            throw PlanRefusal(
                "the old side goes on running, and the schema's 'contract' takes away what it needs",
                hint: "set 'scale_down_delay', or leave 'contract' to a later rollout")
        }
    }

    /// The releases that serve before the rollout, and the new one beside them. A release that only gets another
    /// configuration stays the same one.
    func refuseTooManyVersions(in plan: RolloutPlan) throws(PlanRefusal) {
        guard let maximumLiveVersions, !plan.batches.isEmpty else { return }
        let live = otherLiveReleases(in: plan)
        // All go down together, so that the new one never serves beside another.
        var isAlone = false
        if case .recreate = strategy { isAlone = true }
        guard live.count + (isAlone ? 0 : 1) > maximumLiveVersions else { return }
        let old = live.sorted { ($0.value.count, $0.key.name) < ($1.value.count, $1.key.name) }
        let listed = old.map { release, hosts in
            let names = hosts.prefix(5).map(\.text).joined(separator: ", ")
            return "\(release.name) on \(names)\(hosts.count > 5 ? " and \(hosts.count - 5) more" : "")"
        }
        let most = old.last?.key.name ?? "one of them"
        throw PlanRefusal(
            "\(release) beside \(listed.joined(separator: ", and ")) makes \(live.count + 1) releases at once, "
                + "and 'max_live_versions' is \(maximumLiveVersions)",
            hint: "first bring all hosts to one of the old ones: coord rollback INVENTORY --to \(most)")
    }

    /// Those that serve now, with their hosts; this one is not among them.
    private func otherLiveReleases(in plan: RolloutPlan) -> [LiveRelease: [HostName]] {
        var live: [LiveRelease: [HostName]] = [:]
        for host in plan.hosts where !host.isOffline {
            let serving =
                host.isIdle
                ? servingReleases[host.name] : host.current.map { LiveRelease($0, digest: host.currentDigest) }
            guard let serving, serving.digest != digest else { continue }
            live[serving, default: []].append(host.name)
        }
        return live
    }
}
