import AgentClient
import FleetModel
import Reporting

/// What became of a host that was to be rid of its agent, for people and for programs.
struct UninstallLine: HostLine {
    var host: String
    var change: String?
    /// Where releases are, which stay.
    var installDirectories: [String]?
    /// The user still lingers (loginctl(1)), for his other services.
    var keepsLinger: Bool?
    var problem: String?
    var hint: String?
    /// The problem is a rollout that holds the host.
    private(set) var isHeld = false

    private enum CodingKeys: CodingKey {
        case host, change, installDirectories, keepsLinger, problem, hint
    }

    init(_ name: HostName, _ result: Result<Uninstallation, InstallError>) {
        host = name.text
        switch result {
        case .success(let uninstallation):
            switch uninstallation.outcome {
            case .removed:
                change = "removed"
                installDirectories = uninstallation.installDirectories
                keepsLinger = uninstallation.keepsLinger
            case .absent: change = "unchanged"
            case .held(let rollout, let service, let holder):
                problem = "rollout \(rollout) of \(holder) holds \(service)"
                hint = "let it end, or: coord abort \(rollout); --force removes the agent all the same"
                isHeld = true
            }
        case .failure(let error):
            problem = error.description.printable()
            hint = error.hint
        }
    }

    /// Why it failed is told at the end, once for all hosts that have the same.
    func text(_ style: Style = .plain) -> String {
        guard let change else { return "\(host): \(style("failed", .bad))" }
        guard change == "removed" else { return "\(host): \(change), there was no agent" }
        var text = "\(host): \(change)"
        let directories = installDirectories ?? []
        if !directories.isEmpty {
            text += "; the releases in \(directories.joined(separator: ", ")) and what runs from them stay"
        }
        if keepsLinger == true { text += "; the user still lingers, for his other services" }
        return text
    }
}
