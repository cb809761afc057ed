import AgentProtocol
import CAgentShim
import Glibc

/// One connection: frames in, frames out. Whoever sends what is no request, or does not read its replies, is dropped.
final class Client {
    /// Replies that nobody has read yet, in bytes.
    private static let maximumUnsentBytes = 1 << 20
    /// Requests that are not answered yet; further ones are left unread.
    private static let maximumOutstanding = 32
    private static let maximumUploads = 4

    let socket: Int32
    private let loop: EventLoop
    private let onRequest: (Request, UInt32, Client) -> Void
    private let onClose: (Client) -> Void
    private var decoder = FrameDecoder()
    private var unsent: [UInt8] = []
    private var outstanding = 0
    private var isHandling = false
    private(set) var isClosed = false
    private(set) var lastHeard = EventLoop.now()
    /// The protocol version agreed on; 0 before the hello.
    var version: UInt64 = 0
    private var uploads: [String: Upload] = [:]

    init(
        _ socket: Int32, loop: EventLoop, onRequest: @escaping (Request, UInt32, Client) -> Void,
        onClose: @escaping (Client) -> Void
    ) {
        (self.socket, self.loop, self.onRequest, self.onClose) = (socket, loop, onRequest, onClose)
        loop.watch(socket, for: Int16(POLLIN)) { self.handle($0) }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        loop.unwatch(socket)
        Glibc.close(socket)
        uploads = [:]
        unsent = []
        onClose(self)
    }

    func drop(_ why: String) {
        guard !isClosed else { return }
        Log.write("dropping a connection: \(why)")
        close()
    }

    /// Answers a request, once.
    func reply(_ reply: Reply, to id: UInt32) {
        outstanding -= 1
        send(reply.frame(id: id))
        takeRequests()
    }

    func report(_ progress: Progress, of id: UInt32) { send(Reply.progressed(progress).frame(id: id)) }

    /// Answers a hello that cannot be agreed on, and hangs up.
    func refuse(_ refusal: Refusal, to id: UInt32) {
        send(Reply.refused(refusal).frame(id: id))
        close()
    }

    func upload(of packedDigest: String) -> Upload? { uploads[packedDigest] }

    /// - Returns: false where this connection sends too many artifacts at once.
    func begin(_ upload: Upload, of packedDigest: String) -> Bool {
        guard uploads[packedDigest] != nil || uploads.count < Self.maximumUploads else { return false }
        uploads[packedDigest] = upload
        return true
    }

    func endUpload(of packedDigest: String) { uploads[packedDigest] = nil }

    private func handle(_ events: Int16) {
        if events & Int16(POLLOUT) != 0 { flush() }
        if !isClosed, events & Int16(POLLIN) != 0 { receive() }
        if events & Int16(POLLERR | POLLNVAL) != 0 || events & Int16(POLLIN | POLLHUP) == Int16(POLLHUP) { close() }
    }

    private func receive() {
        var part = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket, &part, part.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return close() }
        lastHeard = EventLoop.now()
        decoder.feed(part[..<count])
        takeRequests()
    }

    private func takeRequests() {
        // A reply that is given at once comes back here.
        guard !isHandling else { return }
        isHandling = true
        defer { isHandling = false }
        do throws(WireError) {
            while !isClosed, outstanding < Self.maximumOutstanding, let frame = try decoder.next() {
                let request = try Request(frame)
                if case .chunk = request {} else { outstanding += 1 }
                onRequest(request, frame.id, self)
            }
        } catch {
            return drop("malformed frame")
        }
        updateInterest()
    }

    private func send(_ frame: Frame) {
        guard !isClosed else { return }
        unsent += frame.encoded
        flush()
        if unsent.count > Self.maximumUnsentBytes { drop("it does not read its replies") }
    }

    private func flush() {
        while !isClosed, !unsent.isEmpty {
            let count = unsent.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EAGAIN { break }
            guard count > 0 else { return close() }
            unsent.removeFirst(count)
        }
        updateInterest()
    }

    private func updateInterest() {
        guard !isClosed else { return }
        let reads = outstanding < Self.maximumOutstanding ? Int16(POLLIN) : 0
        loop.setEvents(unsent.isEmpty ? reads : reads | Int16(POLLOUT), of: socket)
    }
}
