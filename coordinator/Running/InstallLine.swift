import AgentClient
import FleetModel
import HostAccess
import Reporting

/// What became of the agent on one host, for people and for programs.
struct InstallLine: HostLine {
    var host: String
    var change: String?
    var agentVersion: String?
    /// `system` or `user`.
    var scope: String?
    /// `systemd`, `runit` or `none`.
    var supervisor: String?
    var problem: String?
    var hint: String?

    init(_ name: HostName, _ result: Result<Installation, InstallError>) {
        host = name.text
        switch result {
        case .success(let installation):
            agentVersion = installation.agentVersion
            scope = installation.scope.rawValue
            supervisor = installation.supervisor.rawValue
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

    /// Why it failed is told at the end, once for all hosts that have the same.
    func text(_ style: Style = .plain) -> String {
        guard let change else { return "\(host): \(style("failed", .bad))" }
        let owner = scope == AgentScope.user.rawValue ? "user's own, " : ""
        let starter =
            supervisor == Supervisor.nothing.rawValue
            ? "not supervised: starts with the first connection; after a reboot unfinished steps are taken up then"
            : supervisor ?? ""
        return "\(host): \(change), \(agentVersion ?? "") (\(owner)\(starter))"
    }
}
