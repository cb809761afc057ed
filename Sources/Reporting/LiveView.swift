import FleetModel
import RolloutEngine

/// What a terminal shows of a running rollout: pure, from news and moments to lines of text.
struct LiveView: Sendable {
    private let plan: RolloutPlan
    private var engine: RolloutEngine
    private var sent: [HostName: (bytes: UInt64, total: UInt64)] = [:]
    private var rate = TransferRate()
    private var healthyTimes: [Duration] = []
    private var said: [HostName: (line: String, output: String)] = [:]

    init(_ engine: RolloutEngine) {
        plan = engine.plan
        self.engine = engine
    }

    mutating func take(_ news: RolloutNews, at now: Duration) {
        switch news {
        case .happened(.operationFinished(.watch, let host, .succeeded), _, let engine):
            said[host] = nil
            healthyTimes.append(now)
            self.engine = engine
        case .happened(_, _, let engine): self.engine = engine
        case .sent(let bytes, let total, let host):
            rate.note(bytes &- (sent[host]?.bytes ?? min(bytes, total)), at: now)
            sent[host] = (bytes, total)
        case .hostSaid(let host, let line, let output): said[host] = (line, output)
        case .began, .suspended, .ended: break
        }
    }

    /// The lines to show, none longer than `width` columns, at most `height` of them.
    func lines(width: Int, height: Int, at now: Duration, style: Style) -> [String] {
        let hosts = engine.hosts
        var lines = [headline(hosts, at: now)]
        lines += batchLines(hosts, width: width, height: height)
        lines += busyLines(hosts, limit: max(2, height - lines.count - 1), style: style)
        return lines.prefix(max(1, height)).map { $0.clipped(to: width) }
    }

    private func headline(_ hosts: [HostProgress], at now: Duration) -> String {
        let done = hosts.count { $0.batch != nil && $0.isDone }
        let total = plan.changedHosts.count
        var parts = ["\(plan.service) \(plan.release)", "\(done)/\(total) hosts", now.clockText]
        if let speed = rate.bytesPerSecond(at: now) { parts.append("\(ByteCount(speed))/s") }
        if let remaining = eta(done: done, total: total, at: now) { parts.append("ETA \(remaining.clockText)") }
        if let word = courseWord { parts.append(word) }
        return parts.joined(separator: "  ")
    }

    private var courseWord: String? {
        switch engine.course {
        case .rollingBack: "rolling back"
        case .closing, .finishing: "checking what runs"
        case .starting: "before_rollout"
        case .betweenBatches: "after_batch"
        default: engine.hold == nil ? nil : "stopping at a safe point"
        }
    }

    /// As long for each host to come as for each so far; no guess before the first, nor on the way back.
    private func eta(done: Int, total: Int, at now: Duration) -> Duration? {
        guard case .forward = engine.course, done > 0, done < total, let last = healthyTimes.last else { return nil }
        return max(.zero, last / done * total - now)
    }

    private func batchLines(_ hosts: [HostProgress], width: Int, height: Int) -> [String] {
        let states = Dictionary(grouping: hosts.filter { $0.batch != nil }, by: { $0.batch ?? 0 })
        let barWidth = min(40, max(8, width - 40))
        let current = currentBatch
        let room = max(1, height / 2)
        let first = max(0, min(current - room / 2, plan.batches.count - room))
        return plan.batches.indices.dropFirst(first).prefix(room).map { batch in
            let members = states[batch] ?? []
            let bar = ProgressBar(of: members, width: barWidth)
            return "batch \(batch + 1)/\(plan.batches.count)".padded(to: 13) + bar.text + "  " + bar.legend
        }
    }

    private var currentBatch: Int {
        switch engine.course {
        case .forward(let batch), .betweenBatches(let batch): batch
        default: max(0, plan.batches.count - 1)
        }
    }

    /// Failing hosts first, with their last lines; then what the busy ones are at.
    private func busyLines(_ hosts: [HostProgress], limit: Int, style: Style) -> [String] {
        let width = min(32, plan.hosts.map(\.name.text.count).max() ?? 0)
        let failed = hosts.filter { $0.failure != nil }.flatMap { host -> [String] in
            let name = host.planned.name
            let problem = host.failure.map { $0.problem } ?? ""
            let output = host.failure?.output.isEmpty == false ? host.failure?.output : said[name]?.output
            let tail = (output ?? "").split(separator: "\n").suffix(3).map { style("      | \($0)", .faint) }
            return [style("  \(name.text.padded(to: width))  \(problem)", .bad)] + tail
        }
        let busy = hosts.filter { $0.failure == nil && $0.pending != nil && $0.pending != .stage }.map { host in
            let line = said[host.planned.name]?.line ?? host.phase.spoken
            return "  \(host.planned.name.text.padded(to: width))  \(line)"
        }
        return Array((failed + busy).prefix(limit))
    }
}

extension HostProgress {
    /// It has come to where the rollout wants it now, for better or worse.
    fileprivate var isDone: Bool {
        switch phase {
        case .healthy, .reverted, .stuck, .current: true
        case .failed: pending == nil
        default: false
        }
    }
}

extension HostProgress.Phase {
    var spoken: String {
        switch self {
        case .waiting: "waiting"
        case .staging: "receiving the release"
        case .staged: "staged"
        case .activating: "activating"
        case .watching: "waiting for health"
        case .healthy: "healthy"
        case .failed: "failed"
        case .reverting: "rolling back"
        case .watchingReverted: "waiting for health after rolling back"
        case .reverted: "rolled back"
        case .stuck: "needs hands"
        case .current: "already current"
        }
    }
}
