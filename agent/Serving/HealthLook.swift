import AgentProtocol

/// Makes one round of a service's checks for somebody who looks on, apart from any rollout.
final class HealthLook {
    private let definition: ServiceDefinition
    private let service: Service?
    private let environment: AgentEnvironment
    private let probesHealth: Bool
    private let scripts: ScriptDirectory
    private var round: HealthRound?

    /// - Parameter probesHealth: Without it only the service manager is asked.
    init(_ definition: ServiceDefinition, of service: Service?, environment: AgentEnvironment, probesHealth: Bool) {
        (self.definition, self.service, self.environment) = (definition, service, environment)
        self.probesHealth = probesHealth
        scripts = environment.makeScriptDirectory()
    }

    /// `onEnd` is called once, perhaps at once.
    func start(_ onEnd: @escaping (HealthRound.Outcome) -> Void) throws(SystemError) {
        let current = (try? ReleaseStore(directory: definition.installDirectory).current()) ?? ""
        let surroundings = Surroundings(
            definition, release: ReleaseStore.release(ofLink: current), previous: service?.previous() ?? "",
            commandOutput: "/dev/null")
        let controller = ServiceController(definition, surroundings, children: environment.children)
        var checks: [ReadyCheck] = []
        for check in probesHealth ? definition.checks : [] {
            checks.append(
                try ReadyCheck(check, scripts: scripts, surroundings: surroundings, children: environment.children))
        }
        round = HealthRound(checks, controller) { outcome in
            if self.probesHealth { self.service?.lastHealth = outcome }
            // It holds on to this one, and with it to the scripts.
            self.round = nil
            onEnd(outcome)
        }
    }
}
