import FleetModel
import RolloutEngine

/// What a rollout is waiting for: the hosts that are busy, and what each said last.
struct PendingHosts: Sendable {
    private var engine: RolloutEngine?
    private var said: [HostName: String] = [:]

    /// More different words than that are no longer read.
    private static let maximumLines = 5

    mutating func take(_ news: RolloutNews) {
        switch news {
        case .began(let engine, _): self.engine = engine
        case .happened(let event, _, let engine):
            self.engine = engine
            if case .operationFinished(_, let host, _) = event { said[host] = nil }
        case .hostSaid(let host, let line, _): said[host] = line
        case .noted, .sent, .waiting: break
        case .suspended, .ended: engine = nil
        }
    }

    /// `waiting for h2 h3: check http://127.0.0.1:8080/healthz: HTTP 503`, a line for all hosts that say the same.
    var narrations: [Narration] {
        if let gate = engine?.gate, let plan = engine?.plan {
            return [Narration(tone: .warning, text: "\(gate.reason): \(gate.commands(plan))")]
        }
        var order: [String] = []
        var hosts: [String: [String]] = [:]
        for host in engine?.hosts ?? [] where host.pending != nil {
            let text = said[host.planned.name] ?? host.phase.spoken
            if hosts[text] == nil { order.append(text) }
            hosts[text, default: []].append(host.planned.name.text)
        }
        let shown = order.count > Self.maximumLines ? Self.maximumLines - 1 : order.count
        let rest = order.dropFirst(shown).flatMap { hosts[$0] ?? [] }
        return order.prefix(shown).map { Narration(text: "waiting for \(listed(hosts[$0] ?? [])): \($0)") }
            + (rest.isEmpty ? [] : [Narration(text: "waiting for \(counted(rest.count, "host")) more")])
    }
}
