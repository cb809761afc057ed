/// Asks the service manager.
final class StatusProbe: Probe {
    private let controller: ServiceController

    init(_ controller: ServiceController, onEnd: @escaping (UnitStatus) -> Void) {
        self.controller = controller
        super.init()
        controller.status(onEnd)
    }

    override func cancel() { controller.cancel() }
}
