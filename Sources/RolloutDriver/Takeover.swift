import AgentClient
import AgentProtocol
import FleetModel
import Synchronization

/// Remembers that a host obeys another rollout now, where an error on its way up can't tell.
final class Takeover: Sendable {
    private let first = Mutex<Superseded?>(nil)

    func note(_ superseded: Superseded) { first.withLock { $0 = $0 ?? superseded } }

    /// - Throws: what has been noted.
    func check() throws(Superseded) {
        if let superseded = first.withLock({ $0 }) { throw superseded }
    }
}

extension Superseded {
    init(_ host: HostName, _ refusal: Refusal) {
        let holder = refusal.holder.map { "rollout \($0.rollout) of \($0.holder)" } ?? "another rollout"
        self.init("\(host) is held by \(holder)".printable())
    }
}
