import FleetOperations
import HostAccess
import RolloutDriver
import RolloutSpec

extension HostCheck.Service {
    /// What a spec in `directory` makes known of the hosts.
    /// - Throws: ``Failure``.
    init(_ spec: RolloutSpec, in directory: String, _ endpoints: [HostEndpoint]) throws {
        let preparation = RolloutPreparation(
            spec: spec, specDirectory: directory, stateDirectory: "", endpoints: endpoints, agents: [:])
        // Of two instances one stands for both: they have the template in common, and are claimed together.
        let color = spec.strategy.instances.map { _ in RolloutSpec.Instances.Color.blue }
        let checked = color.map(spec.instance) ?? spec
        let unit: (name: String, isUser: Bool)? =
            switch checked.control {
            case .systemd(let unit, let isUserUnit): (unit, isUserUnit)
            case .commands: nil
            }
        do throws(PreparationError) {
            self.init(
                definition: try preparation.definition(of: color), installDirectory: checked.installDirectory,
                unit: unit)
        } catch { throw Failure(error) }
    }
}
