import Glibc
import HostAccess
import NIOCore
import NIOPosix

/// Connecting to an address: every address that the name has is tried in turn (RFC 8305).
struct Dial: Sendable {
    var address: String
    var port: Int
    var timeout: TimeAmount

    /// `created` is called with every socket that is tried, so that it can be closed early.
    func start(
        on loop: any EventLoop, created: @escaping @Sendable (any Channel) -> Void
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            // Before the handshake: with Nagle's algorithm every login waits for two delayed acknowledgements, 80 ms.
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.writeBufferWaterMark, value: SocketPipe.waterMark)
            .channelInitializer { channel in
                created(channel)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
        if let literal = try? SocketAddress(ipAddress: address, port: port) { return bootstrap.connect(to: literal) }
        return bootstrap.connect(host: address, port: port)
    }

    func failure(_ error: any Error) -> HostAccessError {
        switch error {
        case let several as NIOConnectionError:
            guard let last = several.connectionErrors.last else {
                return HostAccessError(
                    .addressNotFound, "the address '\(address)' is not known to the name service",
                    hint: "check the host's address in the inventory, or /etc/hosts and DNS")
            }
            return failure(last.error)
        case ChannelError.connectTimeout:
            return HostAccessError(
                .connectionTimedOut, "no answer from \(place) to the attempt to connect",
                hint: "the host is down, or a firewall drops packets to port \(port)")
        case let problem as IOError where problem.errnoCode == ECONNREFUSED:
            return HostAccessError(
                .connectionRefused, "\(place) refuses connections", hint: "is sshd running there, and on this port?")
        case let problem as IOError where [EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(problem.errnoCode):
            return HostAccessError(.connectionTimedOut, "\(place) cannot be reached: \(text(problem))")
        case let problem as IOError:
            return HostAccessError(.connectionLost, "cannot connect to \(place): \(text(problem))")
        default:
            return HostAccessError(.connectionLost, "cannot connect to \(place): \(error)")
        }
    }

    private var place: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }
    private func text(_ error: IOError) -> String { String(cString: strerror(error.errnoCode)) }
}
