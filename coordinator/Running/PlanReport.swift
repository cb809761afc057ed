import AgentProtocol
import FleetModel
import Reporting
import RolloutDriver
import RolloutEngine

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

    var service: String
    var release: String
    var digest: String
    var strategy: String
    var batches: [[String]]
    var hosts: [Host]
    var files: [File]

    init(_ plan: RolloutPlan, _ changes: [ConfigurationChange]) {
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
        guard !batches.isEmpty else { return ["nothing to do: \(service) \(release) runs on all hosts"] }
        return [style(heading, .bold)] + moves + batchLines + files.flatMap { $0.lines(style) }
    }

    private var heading: String {
        let changing = hosts.count { $0.batch != nil }
        let sizes = batches.map { "\($0.count)" }.joined(separator: " + ")
        return "\(service) \(release) goes to \(counted(changing, "host")) of \(hosts.count), in batches of \(sizes)"
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

    private var batchLines: [String] {
        batches.enumerated().map { "  batch \($0 + 1): \(countedNames($1))" }
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
