import AgentProtocol
import FleetModel
import HostAccess

/// What each answer, or its lack, says of a host.
extension HostFindings {
    mutating func note(_ error: HostAccessError) {
        let aspect: Aspect =
            switch error.reason {
            case .hostKeyUnknown, .hostKeyChanged, .hostKeyRevoked: .hostKey
            case .authenticationFailed, .keyUnusable, .channelRefused: .login
            case .sudoPasswordRequired, .sudoPasswordRejected, .sudoRefused: .sudo
            default: .reach
            }
        if aspect != .reach { passed.insert(.reach) }
        if aspect == .login { passed.insert(.hostKey) }
        passed.remove(aspect)
        fail(aspect, error.problem, hint: error.hint)
    }

    mutating func note(_ probe: HostProbe, _ question: HostProbe.Question) {
        installDiskFreeBytes = probe.installDiskFreeBytes
        stateDiskFreeBytes = probe.stateDiskFreeBytes
        note(free: installDiskFreeBytes, in: question.installDirectory)
        if installDiskFreeBytes != stateDiskFreeBytes { note(free: stateDiskFreeBytes, in: question.stateDirectory) }
        if installDiskFreeBytes ?? stateDiskFreeBytes != nil, !findings.contains(where: { $0.aspect == .disk }) {
            passed.insert(.disk)
        }
        release = probe.release?.printable()
        guard !question.unit.isEmpty else { return }
        unitState = probe.unitState?.printable()
        if unitState == "missing" {
            fail(
                .unit, "there is no unit '\(question.unit)'",
                hint: "install the unit on the host, or name another with 'systemd:'")
        } else if unitState == nil {
            fail(
                .unit, "systemd does not answer about '\(question.unit)'",
                hint: "for hosts without systemd, write 'commands:' in the spec")
        } else {
            passed.insert(.unit)
        }
    }

    private mutating func note(free bytes: Int64?, in directory: String) {
        guard let bytes, bytes < HostCheck.minimumFreeBytes else { return }
        let least = HostCheck.minimumFreeBytes >> 20
        fail(.disk, "only \(bytes >> 20) MiB are free for \(directory)", hint: "free some: at least \(least) MiB")
    }

    mutating func note(_ greeting: Greeting, expecting version: String) {
        agentVersion = greeting.agentVersion.printable()
        protocolVersion = greeting.version
        if greeting.agentVersion == version {
            passed.insert(.agent)
        } else {
            fail(
                .agent, "its agent is version \(greeting.agentVersion), this is \(version)",
                hint: "coord install INVENTORY brings it to \(version)", isWarning: true)
        }
    }

    mutating func note(_ report: HostReport) {
        if !report.current.isEmpty { release = report.current.printable() }
        if !report.obstacle.isEmpty { fail(.unit, report.obstacle) }
        guard let claim = report.holder else {
            passed.insert(.lock)
            return
        }
        holder = "\(claim.rollout) of \(claim.holder)".printable(maximumBytes: 300)
        fail(
            .lock, "rollout \(claim.rollout) of \(claim.holder) holds the service",
            hint: "wait for it, or: coord abort \(claim.rollout)".printable(maximumBytes: 300))
    }
}
