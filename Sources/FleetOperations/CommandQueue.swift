import FleetModel
import HostAccess

/// Who is connected next, and on whom the command runs next: each has a limit of its own, so that hosts that do not
/// answer keep none of the others waiting.
struct CommandQueue {
    enum Step: Sendable {
        case connect(HostEndpoint)
        case run(HostEndpoint, any HostConnection)
    }

    private(set) var waiting: ArraySlice<HostEndpoint>
    /// Those on whom the command has not begun.
    private(set) var connected: ArraySlice<(HostEndpoint, any HostConnection)> = []
    var connecting = 0
    var running = 0

    init(waiting: ArraySlice<HostEndpoint>) { self.waiting = waiting }

    var hostsLeft: [HostName] { (connected.map(\.0) + waiting).map(\.name) }

    /// Nil until something ends.
    mutating func next() -> Step? {
        if running < FleetCommandRun.maximumParallel, let (endpoint, connection) = connected.popFirst() {
            running += 1
            return .run(endpoint, connection)
        }
        // No more connections than commands are held ready.
        guard connecting < FleetCommandRun.maximumConnecting, connected.count < FleetCommandRun.maximumParallel,
            let endpoint = waiting.popFirst()
        else { return nil }
        connecting += 1
        return .connect(endpoint)
    }

    mutating func noteConnected(_ endpoint: HostEndpoint, _ connection: any HostConnection) {
        connecting -= 1
        connected.append((endpoint, connection))
    }
}
