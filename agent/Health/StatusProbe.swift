/// Asks the service manager.
final class StatusProbe: Probe {
    private let controller: ServiceController

    init(_ controller: ServiceController, onEnd: @escaping (UnitStatus) -> Void) {
        self.controller = controller
        controller.status(onEnd)
    }

    func cancel() { controller.cancel() }
}
