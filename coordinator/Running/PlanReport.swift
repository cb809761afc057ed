import AgentProtocol
import Artifact
import FleetModel
import Foundation
import Reporting
import RolloutDriver
import RolloutEngine
import RolloutSpec
import RolloutStore

/// What `coord plan` says.
struct PlanReport: Encodable {
    struct Host: Encodable {
        var name: String
        /// Counted from 1; nil where nothing is to be done.
        var batch: Int?
        /// What `current` points at; nil for nothing.
        var from: String?
        /// What it will point at; the release's name where a directory is yet to be named.
        var to: String
        /// It gets the release it has again, beside it, with another configuration.
        var isReconfigured: Bool
    }

    struct File: Encodable {
        var path: String
        /// `added`, `changed`, `removed` or `attributes` (mode, owner or group).
        var change: String
        var isSecret: Bool
        var hosts: [String]
        /// Of a unified diff; nil where none is shown.
        var diff: [String]?
        /// Why none is shown; nil where there is no reason but secrecy.
        var notShown: String?
    }

    /// What goes over the network.
    struct Upload: Encodable {
        /// To each host.
        var bytes: UInt64
        /// That do not hold the release.
        var hosts: Int
    }

    var service: String
    var release: String
    var digest: String
    var strategy: String
    var batches: [[String]]
    var steps: [PlanSummary.Step]
    /// What is done when it fails after the last host has changed; empty where nothing is rolled back.
    var rollback: [PlanSummary.Step]
    var capacity: PlanCapacity
    /// Nil where nothing is sent, as every host holds the release.
    var upload: Upload?
    var estimate: PlanEstimate?
    /// When hosts may be started, as the specification has it; nil: at any time.
    var allowed: [String]?
    /// What is allowed, and should be known before it begins.
    var warnings: [PlanWarning]
    /// What a person should know of the balancers.
    var notices: [String] = []
    var hosts: [Host]
    var files: [File]

    private let plan: RolloutPlan
    private var isShut = false

    private enum CodingKeys: CodingKey {
        case service, release, digest, strategy, batches, steps, rollback, capacity, upload, estimate, allowed
        case warnings, notices, hosts, files
    }

    init(_ plan: RolloutPlan, _ changes: [ConfigurationChange]) {
        self.plan = plan
        let summary = PlanSummary(of: plan)
        (steps, rollback, capacity) = (summary.steps, summary.rollback, summary.capacity)
        warnings = summary.warnings
        (service, release, digest) = (plan.service.text, plan.release.text, plan.digest.hex)
        strategy = plan.strategy.rawValue
        batches = plan.batches.map { $0.map(\.text) }
        let places = Dictionary(
            plan.batches.enumerated().flatMap { index, names in names.map { ($0, index + 1) } },
            uniquingKeysWith: { first, _ in first })
        hosts = plan.hosts.map { host in
            // The plan's own rollout will never begin, and the directory would bear its name.
            let isReconfigured = host.target?.hasSuffix("+" + plan.rollout.text) == true
            let to = isReconfigured ? plan.release.text : host.target ?? plan.release.text
            return Host(
                name: host.name.text, batch: places[host.name], from: host.current,
                to: places[host.name] == nil ? host.current ?? "" : to, isReconfigured: isReconfigured)
        }
        files = changes.map(File.init)
    }
}

extension PlanReport {
    /// What the preparation and earlier rollouts tell beside the plan.
    mutating func describe(_ prepared: PreparedRollout, _ spec: RolloutSpec, measuredIn store: SQLiteStore?) {
        let holders = prepared.reports.filter { _, report in
            report.releases.contains { $0.digest == plan.digest.hex }
        }
        let receivers = plan.changedHosts.count { holders[$0] == nil }
        if let artifact = prepared.artifact, receivers > 0 {
            upload = Upload(bytes: artifact.packedSize, hosts: receivers)
        }
        estimate = PlanEstimate(of: plan, spec.analyses, hostTime: HostTime(of: plan, measuredIn: store))
        allowed = spec.allowed?.windows.map(\.description)
        isShut = spec.allowed?.isOpen(at: Date()) == false
        notices = prepared.notices
    }
}

extension PlanReport.File {
    init(_ change: ConfigurationChange) {
        self.init(
            path: change.path, change: "\(change.kind)", isSecret: change.detail == .secret,
            hosts: change.hosts.map(\.text))
        switch change.detail {
        case .diff(let lines): diff = lines
        case .notShown(let reason): notShown = reason
        case .secret, .attributes: break
        }
    }
}

// MARK: - For people

extension PlanReport {
    func lines(style: Style = .plain) -> [String] {
        guard !steps.isEmpty else { return ["nothing to do: \(service) \(release) runs on all hosts"] }
        return [style(heading, .bold)] + moves + stepLines(style) + promiseLines + files.flatMap { $0.lines(style) }
    }

    private var heading: String {
        let changing = hosts.count { $0.batch != nil }
        let sizes = batches.map { "\($0.count)" }.joined(separator: " + ")
        let course = batches.isEmpty ? "only traffic moves" : "in batches of \(sizes)"
        let name = plan.strategy.spoken
        return "\(service) \(release) goes to \(counted(changing, "host")) of \(hosts.count), \(name), \(course)"
    }

    /// Who goes from what to what.
    private var moves: [String] {
        var order: [String] = []
        var names: [String: [String]] = [:]
        for host in hosts {
            let move =
                if host.batch == nil { "stays at \(host.to)" } else if host.isReconfigured {
                    "\(host.from ?? "nothing") -> \(host.to) with another configuration"
                } else if host.from == host.to {
                    "\(host.to), out of service, is started again"
                } else { "\(host.from ?? "nothing") -> \(host.to)" }
            if names[move] == nil { order.append(move) }
            names[move, default: []].append(host.name)
        }
        return order.map { "  \($0): \(countedNames(names[$0] ?? []))" }
    }

    private func stepLines(_ style: Style) -> [String] {
        let text = StepText(plan)
        let width = "\(steps.count)".count
        let lines = zip(steps, plan.steps).map { summary, step in
            let number = String(repeating: " ", count: width - "\(summary.number)".count) + "\(summary.number)"
            return "  \(number)  \(text.line(of: step))"
        }
        return [style("steps", .bold)] + lines
    }

    /// Capacity, the way back, bytes, time and hours.
    private var promiseLines: [String] {
        var lines = ["at worst: \(Self.text(of: capacity.group))"]
        for (label, levels) in capacity.domains.sorted(by: { $0.key < $1.key }) {
            lines += Self.domainLines(label, levels)
        }
        lines.append("way back: \(wayBack)")
        if let upload {
            let hosts = counted(upload.hosts, "host")
            lines.append("sends: \(ByteCount(upload.bytes)) to \(upload.hosts == 1 ? "1 host" : "each of \(hosts)")")
        }
        if let estimate { lines.append(estimate.text) }
        if let allowed {
            let now = isShut ? "; not now: it would wait for them" : ""
            lines.append("hosts are started only \(allowed.joined(separator: ", or "))\(now)")
        }
        return lines + warnings.map { "warning: \($0.problem); \($0.hint)" } + notices.map { "note: \($0)" }
    }

    private static func text(of level: PlanCapacity.Level) -> String {
        let place = level.step.map { ", at step \($0)" } ?? (level.outOfService > 0 ? ", from the beginning" : "")
        return "\(level.outOfService) of \(counted(level.hosts, "host")) out of service\(place)"
    }

    /// More domains of a label are told by the worst.
    private static let maximumDomains = 8

    private static func domainLines(_ label: String, _ levels: [String: PlanCapacity.Level]) -> [String] {
        let sorted = levels.sorted { ($1.value.outOfService, $0.key) < ($0.value.outOfService, $1.key) }
        let lines = sorted.prefix(maximumDomains).map { "  \(label) \($0.key): \(text(of: $0.value))" }
        return lines
            + (sorted.count > maximumDomains ? ["  … \(sorted.count - maximumDomains) more, no worse"] : [])
    }

    private var wayBack: String {
        if !plan.policy.isReversible { return "none (reversible: false): a failure pauses" }
        guard !rollback.isEmpty else { return "none" }
        let traffic = plan.traffic?.retreat.map { "traffic first (\(StepText.shares(of: $0, plan))), then " } ?? ""
        let back = batches.isEmpty ? "nothing else" : batches.count == 1 ? "batch 1" : "batches \(batches.count) to 1"
        let out = plan.hosts.contains(where: \.isIdle) ? "" : "; \(capacity.outOnTheWayBack) out of service at worst"
        return "\(traffic)\(back)\(out)"
    }
}

extension PlanReport.File {
    fileprivate func lines(_ style: Style) -> [String] {
        let heading = style("\(path): \(what) on \(countedNames(hosts))", .bold)
        return ["", heading] + (diff ?? []).map { style($0, Self.tone(ofDiffLine: $0)) }
    }

    /// As `diff --color` and git have it.
    private static func tone(ofDiffLine line: String) -> Style.Tone {
        if line.hasPrefix("---") || line.hasPrefix("+++") { return .bold }
        return switch line.first {
        case "+": .good
        case "-": .bad
        case "@": .faint
        default: .normal
        }
    }

    private var what: String {
        let verb = change == "attributes" ? "mode, owner or group changed" : change
        if isSecret { return "\(verb) (secret)" }
        return notShown.map { "\(verb) (\($0))" } ?? verb
    }
}

/// `3 hosts: a b c`.
private func countedNames(_ names: [String]) -> String { "\(counted(names.count, "host")): \(listed(names))" }
