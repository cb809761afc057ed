import CAgentShim
import Glibc

/// Connects to a server on the host, says something, and hears what comes back: once, for a limited time, blocking
/// nobody.
final class Conversation {
    enum Address: Equatable {
        case unixSocket(String)
        /// `host` is an IP address or `localhost`.
        case tcp(host: String, port: UInt16)
    }

    private let loop: EventLoop
    private let text: [UInt8]
    private let maximumReplyBytes: Int
    private let judge: ([UInt8], Bool) -> String?
    private let onEnd: (_ problem: String, _ reply: [UInt8]) -> Void
    private let place: String
    private var addresses: [Address]
    private var socket: Int32 = -1
    private var deadline: EventLoop.Timer?
    private var unsent: ArraySlice<UInt8> = []
    private var reply: [UInt8] = []
    private var isOver = false

    /// - Parameters:
    ///   - text: What is said; where it is empty, a connection that is accepted is all that is wanted.
    ///   - judge: Asked at each part of the reply, with all of it so far and whether that is all (or more than
    ///     `maximumReplyBytes`): answers what is wrong with it, empty for nothing, nil while that cannot be told.
    ///   - onEnd: Called once, later, unless it is cancelled before; without a problem where all is well.
    init(
        with address: Address, saying text: [UInt8], maximumReplyBytes: Int, timeout: UInt64, loop: EventLoop,
        judge: @escaping (_ reply: [UInt8], _ isOver: Bool) -> String?,
        onEnd: @escaping (_ problem: String, _ reply: [UInt8]) -> Void
    ) {
        (self.text, self.maximumReplyBytes, self.loop) = (text, maximumReplyBytes, loop)
        (self.judge, self.onEnd) = (judge, onEnd)
        place = address.text
        addresses = address.candidates
        // Ends are told later, never from here: the caller is not ready for them yet.
        deadline = loop.after(milliseconds: 0) {
            self.deadline = loop.after(milliseconds: max(1, timeout)) {
                self.finish("\(self.place): no answer within \(timeout) ms")
            }
            self.connectNext("no address")
        }
    }

    func cancel() {
        isOver = true
        loop.cancel(deadline)
        closeSocket()
    }

    private func finish(_ problem: String) {
        guard !isOver else { return }
        cancel()
        onEnd(problem, reply)
    }

    private func connectNext(_ lastProblem: String) {
        closeSocket()
        guard !addresses.isEmpty else { return finish("\(place): \(lastProblem)") }
        do throws(SystemError) {
            guard let socket = try addresses.removeFirst().startConnecting() else {
                return finish("\(place) is neither an IP address nor localhost")
            }
            self.socket = socket
            loop.watch(socket, for: Int16(POLLOUT)) { _ in self.connected() }
        } catch {
            connectNext(String(cString: strerror(error.code)))
        }
    }

    private func connected() {
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size)
        guard error == 0 else { return connectNext(String(cString: strerror(error))) }
        guard !text.isEmpty else { return finish("") }
        unsent = text[...]
        loop.watch(socket, for: Int16(POLLOUT)) { _ in self.send() }
    }

    private func send() {
        let count = unsent.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count >= 0 || errno == EAGAIN else { return finish("\(place): " + String(cString: strerror(errno))) }
        unsent = unsent.dropFirst(max(0, count))
        if unsent.isEmpty { loop.watch(socket, for: Int16(POLLIN)) { _ in self.receive() } }
    }

    private func receive() {
        var part = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(socket, &part, part.count, 0)
        guard count >= 0 else {
            return errno == EAGAIN ? () : finish("\(place): " + String(cString: strerror(errno)))
        }
        reply += part[..<count]
        guard let problem = judge(reply, count == 0 || reply.count > maximumReplyBytes) else { return }
        finish(problem.utf8.isEmpty ? "" : "\(place): \(problem)")
    }

    private func closeSocket() {
        guard socket >= 0 else { return }
        loop.unwatch(socket)
        close(socket)
        socket = -1
    }
}

extension Conversation.Address {
    /// From an absolute path or `tcp://ADDRESS:PORT`, IPv6 addresses in brackets; nil for anything else.
    init?(_ text: String) {
        if text.hasPrefix("/") {
            self = .unixSocket(text)
            return
        }
        guard text.hasPrefix("tcp://") else { return nil }
        let rest = text.utf8.dropFirst("tcp://".utf8.count)
        guard let colon = rest.lastIndex(of: UInt8(ascii: ":")),
            let port = UInt16(String(decoding: rest[rest.index(after: colon)...], as: UTF8.self)), port > 0
        else { return nil }
        var host = rest[..<colon]
        if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self = .tcp(host: String(decoding: host, as: UTF8.self), port: port)
    }

    var text: String {
        switch self {
        case .unixSocket(let path): path
        case .tcp(let host, let port):
            host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    fileprivate var candidates: [Conversation.Address] {
        guard case .tcp("localhost", let port) = self else { return [self] }
        return [.tcp(host: "127.0.0.1", port: port), .tcp(host: "::1", port: port)]
    }

    /// A socket that never blocks; nil where this is no address.
    fileprivate func startConnecting() throws(SystemError) -> Int32? {
        switch self {
        case .unixSocket(let path): return try UnixSocket.open(path, for: .asking)
        case .tcp(let host, let port):
            var address = sockaddr_storage()
            let size = agent_parse_address(host, port, &address)
            guard size > 0 else { return nil }
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let socket = Glibc.socket(Int32(address.ss_family), type, 0)
            guard socket >= 0 else { throw SystemError(errno, "cannot make a socket") }
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, size) }
            }
            guard result == 0 || errno == EINPROGRESS else {
                let error = SystemError(errno, "cannot connect to \(text)")
                close(socket)
                throw error
            }
            return socket
        }
    }
}
