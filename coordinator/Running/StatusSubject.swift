import AgentProtocol
import FleetModel
import HostAccess
import RolloutDriver
import RolloutSpec

/// What `coord status` asks one question about: a host, or one of its two instances.
struct StatusSubject: Hashable {
    let host: HostName
    /// `blue` or `green`; nil where the host runs the service once.
    let instance: String?

    /// The name that orders and finds it.
    var label: String { instance.map { "\(host) \($0)" } ?? host.text }
}

/// What the agents are asked about: the service, or both of its instances.
struct StatusQuestion {
    let instance: String?
    let definition: ServiceDefinition

    /// - Throws: ``Failure`` where a script of the spec can't be read.
    static func all(of spec: RolloutSpec, in directory: String, _ endpoints: [HostEndpoint]) throws -> [StatusQuestion]
    {
        let preparation = RolloutPreparation(
            spec: spec, specDirectory: directory, stateDirectory: "", endpoints: endpoints, agents: [:])
        do throws(PreparationError) {
            guard spec.strategy.instances != nil else {
                return [StatusQuestion(instance: nil, definition: try preparation.definition())]
            }
            var questions: [StatusQuestion] = []
            for color in RolloutSpec.Instances.Color.allCases {
                let definition = try preparation.definition(of: color)
                questions.append(StatusQuestion(instance: color.rawValue, definition: definition))
            }
            return questions
        } catch { throw Failure(error) }
    }
}
