import FleetModel
import Glibc
import HostAccess
import NIOCore
import NIOPosix

/// Connecting to an address: every address that the name has is tried in turn (RFC 8305).
struct Dial: Sendable {
    var address: String
    var port: Int
    var timeout: TimeAmount
    /// Looks up the address; nil means the system's name service.
    var resolver: (any Resolver & Sendable)?

    /// `created` is called with every socket that is tried, so that it can be closed early.
    func start(
        on loop: any EventLoop, created: @escaping @Sendable (any Channel) -> Void
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: loop)
            .resolver(resolver)
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
        guard let several = error as? NIOConnectionError else { return failure(error, at: address) }
        let attempts = several.connectionErrors.map { (address: $0.target.ipAddress ?? address, error: $0.error) }
        guard let first = attempts.first else {
            return HostAccessError(
                .addressNotFound, "the address '\(address)' is not known to the name service",
                hint: "check the host's address in the inventory, or /etc/hosts and DNS")
        }
        guard attempts.count > 1 else { return failure(first.error, at: first.address) }
        let failures = attempts.map {
            (place: Self.place($0.address, port), failure: failure($0.error, at: $0.address))
        }
        let list = failures.map { "\($0.place) \(Self.verdict($0.failure))" }.joined(separator: "; ")
        // Where one address answers, the host is up.
        let telling = failures.first { $0.failure.reason == .connectionRefused } ?? failures[0]
        return HostAccessError(
            telling.failure.reason, "no address of '\(address)' can be connected to: \(list)",
            hint: telling.failure.hint)
    }

    private func failure(_ error: any Error, at address: String) -> HostAccessError {
        let place = Self.place(address, port)
        switch error {
        case ChannelError.connectTimeout(let time):
            let seconds = Duration.nanoseconds(time.nanoseconds).spoken
            return HostAccessError(
                .connectionTimedOut, "no answer from \(place) to the attempt to connect within \(seconds)",
                hint: "the host is down, or a firewall drops packets to port \(port)")
        case let problem as IOError where problem.errnoCode == ECONNREFUSED:
            return HostAccessError(
                .connectionRefused, "\(place) refuses connections", hint: "is sshd running there, and on this port?")
        case let problem as IOError where [EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(problem.errnoCode):
            return HostAccessError(.connectionTimedOut, "\(place) cannot be reached: \(Self.text(problem))")
        case let problem as IOError:
            return HostAccessError(.connectionLost, "cannot connect to \(place): \(Self.text(problem))")
        default:
            return HostAccessError(.connectionLost, "cannot connect to \(place): \(error)")
        }
    }

    /// An address and a port as people write them.
    static func place(_ address: String, _ port: Int) -> String {
        address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }

    /// What one address of several said, in a few words.
    private static func verdict(_ failure: HostAccessError) -> String {
        switch failure.reason {
        case .connectionRefused: "refuses connections"
        case .connectionTimedOut:
            failure.problem.contains("cannot be reached") ? "cannot be reached" : "does not answer"
        default: "fails"
        }
    }

    private static func text(_ error: IOError) -> String { String(cString: strerror(error.errnoCode)) }
}
