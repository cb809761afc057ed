import FleetModel
import RolloutEngine

/// What a terminal shows of a running rollout: pure, from news and moments to lines of text.
struct LiveView: Sendable {
    private let plan: RolloutPlan
    private let hostWidth: Int
    private var engine: RolloutEngine
    private var sent: [HostName: (bytes: UInt64, total: UInt64)] = [:]
    private var rate = TransferRate()
    private var remaining: RemainingTime
    private var said: [HostName: String] = [:]
    /// The rollout's own clock when it was last heard of, and this view's then.
    private var heard: (at: RolloutInstant, now: Duration)?

    init(_ engine: RolloutEngine) {
        plan = engine.plan
        hostWidth = min(Narrator.maximumHostWidth, plan.hosts.map(\.name.text.columnCount).max() ?? 0)
        self.engine = engine
        remaining = RemainingTime(plan)
    }

    mutating func take(_ news: RolloutNews, at now: Duration) {
        if case .happened(_, let at, _) = news { heard = (at, now) }
        switch news {
        case .happened(.operationFinished(let operation, let host, _), _, let engine):
            self.engine = engine
            said[host] = nil
            if operation == .watch { remaining.note(host, at: now) }
            if operation == .stage { sent[host] = nil }
        case .happened(_, _, let engine): self.engine = engine
        case .sent(let bytes, let total, let host):
            let before = sent[host]?.bytes ?? bytes
            rate.note(bytes > before ? bytes - before : 0, at: now)
            sent[host] = (bytes, total)
        case .hostSaid(let host, let line, _): said[host] = line
        case .began, .noted, .waiting, .suspended, .ended: break
        }
    }

    /// The lines to show, none longer than `width` columns, at most `height` of them.
    func lines(width: Int, height: Int, at now: Duration, style: Style) -> [String] {
        let hosts = engine.hosts
        var lines = [headline(hosts, at: now, style)]
        lines += batchLines(hosts, width: width, limit: max(1, height / 2), style)
        let busy = commandLines + transferLines + failedLines(hosts, style) + busyLines(hosts)
        let room = max(1, height - lines.count)
        if busy.count > room {
            lines += busy.prefix(room - 1) + [style("  … \(busy.count - room + 1) more", .faint)]
        } else {
            lines += busy
        }
        return lines.prefix(max(1, height)).map { $0.clipped(to: width) }
    }

    private func headline(_ hosts: [HostProgress], at now: Duration, _ style: Style) -> String {
        var parts = [style("\(plan.service) \(plan.release)", .bold), tally(hosts), now.clockText]
        if let speed = rate.bytesPerSecond(at: now) { parts.append("\(ByteCount(speed))/s") }
        if case .forward = engine.course, engine.hold == nil, let left = remaining.estimate(hosts, at: now) {
            parts.append("ETA \(left.clockText)")
        }
        if let word = courseWord(at: now) { parts.append(style(word, .warning)) }
        return parts.joined(separator: "  ")
    }

    /// Of the hosts that change: how many are where the rollout wants them now.
    private func tally(_ hosts: [HostProgress]) -> String {
        if engine.failureReason != nil {
            let changed = hosts.filter(\.isChanged)
            return "\(changed.count { $0.phase == .reverted })/\(counted(changed.count, "host")) rolled back"
        }
        let healthy = hosts.count { $0.batch != nil && $0.phase == .healthy }
        return "\(healthy)/\(counted(plan.changedHosts.count, "host")) healthy"
    }

    private func courseWord(at now: Duration) -> String? {
        if engine.gate == .promotion { return "waiting for approval" }
        if engine.gate != nil { return "waiting for a person" }
        if engine.isWaiting { return "paused, waiting for a person" }
        if case .forward(let step) = engine.course, let word = word(for: step, at: now) { return word }
        switch engine.course {
        case .closing, .finishing: return "checking what runs"
        case .starting: return "hook before_rollout"
        case .betweenBatches: return "hook after_batch"
        case .rollingBack where engine.hold == nil: return "rolling back"
        default: return engine.hold == nil ? nil : "stopping at a safe point"
        }
    }

    /// What a step that changes no host is about.
    private func word(for step: Int, at now: Duration) -> String? {
        guard engine.hold == nil, plan.steps.indices.contains(step) else { return nil }
        switch plan.steps[step] {
        case .change: return engine.isWindowOpen ? nil : "outside the allowed hours"
        case .restore: return "rehearsing the way back"
        case .shiftTraffic: return "shifting traffic"
        case .pause: return "pausing" + (pauseLeft(at: now).map { ", \($0.clockText) left" } ?? "")
        case .analyse(let name): return "analysis \(name)"
        case .runSchemaHook(let hook, _): return "schema hook \(hook.rawValue)"
        case .retire: return "stopping the old release"
        }
    }

    private func pauseLeft(at now: Duration) -> Duration? {
        guard let end = engine.pauseEnd, let heard else { return nil }
        return max(.zero, .milliseconds(end.milliseconds - heard.at.milliseconds) - (now - heard.now))
    }

    /// What a person may type now, in another terminal.
    private var commandLines: [String] {
        if let gate = engine.gate { return ["  " + gate.commands(plan)] }
        return engine.pauseEnd == nil ? [] : ["  " + plan.promoteOrAbort]
    }

    /// Around the batch that the rollout is at.
    private func batchLines(_ hosts: [HostProgress], width: Int, limit: Int, _ style: Style) -> [String] {
        let members = Dictionary(grouping: hosts.filter { $0.batch != nil }, by: { $0.batch ?? 0 })
        let barWidth = min(40, max(10, width - 55))
        let labelWidth = "batch \(plan.batches.count)/\(plan.batches.count)".count + 2
        let first = max(0, min(currentBatch - limit / 2, plan.batches.count - limit))
        return plan.batches.indices.dropFirst(first).prefix(limit).map { batch in
            let bar = ProgressBar(of: members[batch] ?? [], width: barWidth)
            let label = "batch \(batch + 1)/\(plan.batches.count)".padded(to: labelWidth)
            return label + bar.text(style) + "  " + bar.legend
        }
    }

    private var currentBatch: Int {
        switch engine.course {
        case .forward(let step): plan.steps.prefix(step + 1).compactMap(\.batch).last ?? 0
        case .betweenBatches(let batch): batch
        case .notStarted, .starting: 0
        // On the way back: the last one that was begun.
        case .rollingBack, .closing, .finishing, .ended: engine.hosts.filter(\.isChanged).compactMap(\.batch).max() ?? 0
        }
    }

    /// While hosts receive the release.
    private var transferLines: [String] {
        let underWay = sent.values.filter { $0.bytes < $0.total }
        guard !underWay.isEmpty else { return [] }
        let (bytes, total) = underWay.reduce((0, 0)) { ($0.0 &+ $1.bytes, $0.1 &+ $1.total) }
        return ["  sending to \(counted(underWay.count, "host")): \(ByteCount(bytes)) of \(ByteCount(total))"]
    }

    /// Their output has scrolled by.
    private func failedLines(_ hosts: [HostProgress], _ style: Style) -> [String] {
        hosts.compactMap { host in
            guard let failure = host.failure else { return nil }
            let state = host.phase == .failed ? "" : "\(host.phase.spoken): "
            return style(
                "  \(host.planned.name.text.padded(to: hostWidth))  \(state)\(failure.problem.onOneLine)", .bad)
        }
    }

    private func busyLines(_ hosts: [HostProgress]) -> [String] {
        hosts.filter { $0.failure == nil && $0.pending != nil && !$0.isQuietlyBusy }.map { host in
            let line = said[host.planned.name] ?? host.phase.spoken
            return "  \(host.planned.name.text.padded(to: hostWidth))  \(line.onOneLine)"
        }
    }
}

extension HostProgress {
    /// All hosts do these at once, and the headline says so.
    fileprivate var isQuietlyBusy: Bool { pending == .stage || pending == .inspect || pending == .finish }
}
