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
        let unit: (name: String, isUser: Bool)? =
            switch spec.control {
            case .systemd(let unit, let isUserUnit): (unit, isUserUnit)
            case .commands: nil
            }
        do throws(PreparationError) {
            self.init(
                definition: try preparation.definition(), installDirectory: spec.installDirectory, unit: unit)
        } catch { throw Failure(error) }
    }
}
