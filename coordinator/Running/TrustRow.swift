import FleetModel
import HostAccess
import Reporting
import SSHTransport

/// One host's line in `coord trust`: its key, and what is to be made of it.
struct TrustRow: Encodable {
    /// What the host's key is to us.
    enum State: String, Encodable {
        case new, known, changed, revoked
        /// New or known, and not in the list to compare with.
        case unlisted
        case unreachable
    }

    var host: String
    /// As known_hosts names it.
    var address: String
    var type: String?
    var fingerprint: String?
    var state: State
    var problem: String?
    var hint: String?

    init(_ host: HostEndpoint, _ key: HostKey, _ state: HostKeyState, isListed: Bool) {
        self.host = host.name.text
        address = host.knownHostName
        type = key.type
        fingerprint = key.fingerprint
        switch state {
        case .new: self.state = .new
        case .known: self.state = .known
        case .changed(let place, let fingerprint, let removal):
            self.state = .changed
            problem = "its key has CHANGED: \(place) records \(fingerprint)"
            hint =
                "somebody may be in between; compare the fingerprint on the host's console, then remove the old key "
                + "with `\(removal)` and trust again"
        case .revoked(let place):
            self.state = .revoked
            problem = "its key is revoked by \(place)"
            hint = "give the host a new key"
        }
        if !isListed, self.state == .new || self.state == .known {
            self.state = .unlisted
            problem = "its key \(key.fingerprint) is not in the list"
            hint = "compare with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the host"
        }
    }

    init(_ host: HostEndpoint, _ error: HostAccessError) {
        self.host = host.name.text
        address = host.knownHostName
        state = .unreachable
        problem = error.problem.printable(maximumBytes: 400)
        hint = error.hint
    }

    /// Why the host is not trusted now and will not be, as a line of the program's errors.
    var diagnostic: Diagnostic? { problem.map { Diagnostic("\(host): \($0)", hint: hint) } }

    /// A fingerprint is there to be compared, and is never cut.
    static func table(_ rows: [TrustRow]) -> Table {
        Table(
            header: ["HOST", "ADDRESS", "TYPE", "FINGERPRINT", "STATE"],
            rows: rows.map { row in
                [
                    Table.Cell(row.host), Table.Cell(row.address), Table.Cell(row.type ?? "-"),
                    Table.Cell(row.fingerprint ?? "-"), row.stateCell,
                ]
            }, optional: [1, 2])
    }

    private var stateCell: Table.Cell {
        switch state {
        case .known: Table.Cell(state.rawValue, .good)
        case .new: Table.Cell(state.rawValue, .warning)
        case .unlisted, .unreachable: Table.Cell(state.rawValue, .bad)
        case .changed, .revoked: Table.Cell(state.rawValue.uppercased(), .bad)
        }
    }
}
