import AgentProtocol
import CAgentShim
import Glibc

/// Accepts connections from root and from the agent's own user.
final class Listener {
    private static let maximumClients = 64

    private let socket: Int32
    private let loop: EventLoop
    private let onRequest: (Request, UInt32, Client) -> Void
    private var clients: [Int32: Client] = [:]

    init(
        path: String, loop: EventLoop, onRequest: @escaping (Request, UInt32, Client) -> Void
    ) throws(SystemError) {
        (self.loop, self.onRequest) = (loop, onRequest)
        try FileSystem.makeDirectory(FileSystem.parent(of: path), mode: 0o700)
        socket = try UnixSocket.open(path, for: .serving)
        loop.watch(socket, for: Int16(POLLIN)) { _ in self.accept() }
    }

    private func accept() {
        let connection = agent_accept(socket)
        guard connection >= 0 else {
            // EMFILE would come again at once, for ever: a client less makes room.
            if errno == EMFILE || errno == ENFILE { dropQuietest("no file descriptor is left") }
            return
        }
        let user = agent_peer_user(connection)
        guard user == 0 || user == Int(geteuid()) else {
            Log.write("refusing a connection of user \(user)")
            close(connection)
            return
        }
        if clients.count >= Self.maximumClients { dropQuietest("there are too many connections") }
        clients[connection] = Client(connection, loop: loop, onRequest: onRequest) { client in
            self.clients[client.socket] = nil
        }
    }

    /// The one that was silent for longest; its steps go on.
    private func dropQuietest(_ why: String) {
        clients.values.min { $0.lastHeard < $1.lastHeard }?.drop(why)
    }
}
