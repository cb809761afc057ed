import AgentProtocol
import Glibc

/// What the agent of an unprivileged user cannot do.
enum UserScope {
    /// Why this agent cannot run the service, or nil where it can.
    static func problem(with definition: ServiceDefinition, user: UInt32 = geteuid()) -> String? {
        let control = definition.control
        guard user != 0, !control.unit.utf8.isEmpty, !control.isUserUnit else { return nil }
        return "this agent runs as user \(user), who may not restart the system's \(control.unit); "
            + "name a unit of that user (systemd: {unit: \(control.unit), user: true}), or install root's agent"
    }
}
