import AgentClient
import FleetModel

/// What became of the agent on one host, for people and for programs.
struct InstallLine: Encodable {
    var host: String
    var change: String?
    var agentVersion: String?
    var problem: String?
    var hint: String?

    init(_ name: HostName, _ result: Result<Installation, InstallError>) {
        host = name.text
        switch result {
        case .success(let installation):
            agentVersion = installation.agentVersion
            change =
                switch installation.change {
                case .installed: "installed"
                case .upgraded(let from): "upgraded from \(from ?? "an unknown version")".printable()
                case .repaired: "repaired"
                case .unchanged: "unchanged"
                }
        case .failure(let error):
            problem = error.description.printable()
            hint = error.hint
        }
    }

    var text: String { "\(host): \(change.map { "\($0), \(agentVersion ?? "")" } ?? "failed: \(problem ?? "")")" }
}
