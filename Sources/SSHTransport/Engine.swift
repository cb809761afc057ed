import CLibSSH2

/// One libssh2 session that never sees a socket: bytes come from and go to its ``MemoryTransport``.
///
/// Sending always succeeds, so "would block" only ever means "needs more input", and no call is ever left with a half
/// sent packet, which is where libssh2's non-blocking mode goes wrong. Not thread-safe; freeing it never blocks.
final class Engine {
    let transport = MemoryTransport()
    private let session: OpaquePointer

    /// Nil when memory is short.
    init?() {
        guard Self.libraryIsReady,
            let session = libssh2_session_init_ex(
                transportAllocate, transportFree, transportReallocate, Unmanaged.passUnretained(transport).toOpaque())
        else { return nil }
        self.session = session
        libssh2_session_set_blocking(session, 0)
        coord_set_receive(session, transportReceive)
        coord_set_send(session, transportSend)
        coord_set_disconnect(session, transportDisconnected)
        // We decide when to send a keepalive; 2 s is the least that libssh2 accepts.
        libssh2_keepalive_config(session, 1, 2)
    }

    deinit {
        // With a closed transport nothing in libssh2_session_free waits for the peer.
        transport.isClosed = true
        libssh2_session_free(session)
    }

    /// libssh2_init is not thread-safe (libssh2_init(3)); a static runs once.
    private static let libraryIsReady = libssh2_init(0) == 0

    /// The installed libssh2's version, and whether it is at least a number such as 0x010B00 (libssh2_version(3)).
    static let libraryVersion = libssh2_version(0).map { String(cString: $0) } ?? "unknown"
    static func isLibrary(atLeast number: Int32) -> Bool { libssh2_version(number) != nil }

    /// What libssh2 says about its last failure: for people, never to decide by.
    var lastProblem: String {
        var text: UnsafeMutablePointer<CChar>?
        libssh2_session_last_error(session, &text, nil, 0)
        return text.map { String(cString: $0) } ?? "unknown"
    }

    /// Asks for those of the methods that the installed libssh2 has, and returns them.
    @discardableResult
    func offer(_ methods: [String], for kinds: [Int32]) -> [String] {
        guard let first = kinds.first else { return [] }
        // libssh2 1.10 copies overlapping memory when it strips names that it does not know.
        let usable = methods.filter(supported(first).contains)
        for kind in kinds where !usable.isEmpty {
            libssh2_session_method_pref(session, kind, usable.joined(separator: ","))
        }
        return usable
    }

    private func supported(_ kind: Int32) -> Set<String> {
        var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        let count = libssh2_session_supported_algs(session, kind, &names)
        guard count > 0, let names else { return [] }
        defer { libssh2_free(session, names) }
        return Set((0..<Int(count)).compactMap { names[$0].map { String(cString: $0) } })
    }

    func handshake() -> CallResult {
        // Any number but -1 will do for a socket that is never used.
        CallResult(libssh2_session_handshake(session, 1 << 30))
    }

    /// The server's public key, after the handshake.
    var hostKey: HostKey? {
        var length = 0
        var type: Int32 = 0
        guard let bytes = libssh2_session_hostkey(session, &length, &type) else { return nil }
        return bytes.withMemoryRebound(to: UInt8.self, capacity: length) {
            HostKey(blob: Array(UnsafeBufferPointer(start: $0, count: length)))
        }
    }

    /// Public key authentication (RFC 4252 §7). Where the server takes the key, the bytes to be signed appear in the
    /// transport's `signing` and the call would block until the signature is put there.
    func authenticate(user: String, publicKey: [UInt8]) -> CallResult {
        CallResult(
            libssh2_userauth_publickey(
                session, user, publicKey, publicKey.count, transportSign, libssh2_session_abstract(session)))
    }

    /// The kinds of login that the server takes from the user now, separated by commas; asked for with the request
    /// "none" (RFC 4252 §5.2).
    func loginKinds(user: String) -> Result<String, CallFailure> {
        guard let kinds = libssh2_userauth_list(session, user, UInt32(user.utf8.count)) else {
            return .failure(CallFailure(libssh2_session_last_errno(session)))
        }
        return .success(String(cString: kinds))
    }

    func sendKeepalive() -> CallResult {
        var secondsToNext: Int32 = 0
        return CallResult(libssh2_keepalive_send(session, &secondsToNext))
    }

    func sendDisconnect() {
        // SSH_DISCONNECT_BY_APPLICATION, RFC 4253 §11.1
        libssh2_session_disconnect_ex(session, 11, "closed", "")
    }

    /// Opens a "session" channel (RFC 4254 §6.1).
    func openChannel() -> Result<EngineChannel, CallFailure> {
        let kind = "session"
        let pointer = libssh2_channel_open_ex(
            session, kind, UInt32(kind.utf8.count), Self.receiveWindow, UInt32(LIBSSH2_CHANNEL_PACKET_DEFAULT), nil, 0)
        guard let pointer else { return .failure(CallFailure(libssh2_session_last_errno(session))) }
        return .success(EngineChannel(pointer, number: transport.lastOpenedChannel))
    }

    /// Opens a channel on which the peer connects to another host (RFC 4254 §7.2). To be asked again with the same
    /// arguments while it would block.
    ///
    /// libssh2 has one request for a channel under way at a time, and no call to give it up. A read that fails does:
    /// with `givingUp` it is `refused`, unless the answer has arrived meanwhile, and the session goes on. An answer
    /// that comes later belongs to no channel and is ignored.
    func openTunnel(to address: String, port: Int, givingUp: Bool) -> Result<EngineChannel, CallFailure> {
        let kind = "direct-tcpip"
        var message = SSHWriter()
        message.string(address)
        message.uint32(UInt32(clamping: port))
        // Who connects here: nobody, as with `ssh -W`.
        message.string("127.0.0.1")
        message.uint32(0)
        transport.failsReading = givingUp
        defer { transport.failsReading = false }
        let pointer = message.bytes.withUnsafeBytes { bytes in
            libssh2_channel_open_ex(
                session, kind, UInt32(kind.utf8.count), Self.receiveWindow, UInt32(LIBSSH2_CHANNEL_PACKET_DEFAULT),
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(bytes.count))
        }
        if let pointer { return .success(EngineChannel(pointer, number: transport.lastOpenedChannel)) }
        let code = libssh2_session_last_errno(session)
        // libssh2 1.10 waits 60 s for an answer at most; like the failed read, that is the end of the request only.
        let isOver = code == LIBSSH2_ERROR_TIMEOUT || (givingUp && code == LIBSSH2_ERROR_SOCKET_RECV)
        return .failure(isOver && !transport.inputHasEnded ? .refused : CallFailure(code))
    }

    /// The bytes that the peer may send on a channel before we read them.
    private static let receiveWindow: UInt32 = 2 << 20
}

/// Why a libssh2 call gave no result.
enum CallFailure: Error, Equatable {
    /// It needs more input: ask again with the same arguments.
    case wouldBlock
    /// The peer said no, and the session goes on.
    case refused
    /// The session cannot go on.
    case broken

    init(_ code: Int32) {
        switch code {
        case LIBSSH2_ERROR_EAGAIN: self = .wouldBlock
        case LIBSSH2_ERROR_CHANNEL_FAILURE, LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED, LIBSSH2_ERROR_AUTHENTICATION_FAILED,
            LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED:
            self = .refused
        default: self = .broken
        }
    }
}

typealias CallResult = Result<Int, CallFailure>

extension CallResult {
    init(_ code: Int32) { self.init(Int(code)) }
    init(_ code: Int) { self = code >= 0 ? .success(code) : .failure(CallFailure(Int32(truncatingIfNeeded: code))) }
}

/// One libssh2 channel. Must be freed before its session, by ``close()`` or with the session.
struct EngineChannel {
    private let pointer: OpaquePointer
    /// Our number for it (RFC 4254 §5.1).
    let number: UInt32

    init(_ pointer: OpaquePointer, number: UInt32) {
        self.pointer = pointer
        self.number = number
    }

    func execute(_ command: String) -> CallResult {
        let request = "exec"
        return CallResult(
            libssh2_channel_process_startup(
                pointer, request, UInt32(request.utf8.count), command, UInt32(command.utf8.count)))
    }

    enum Stream: Int32 {
        case output = 0
        case errorOutput = 1
    }

    enum ReadResult {
        case bytes(Int)
        case nothingYet
        case end
        case broken
    }

    /// Takes in all that has arrived, and gives what of it belongs to the stream, up to the buffer's size.
    ///
    /// The end shows only when both streams have been read to their end.
    func read(_ stream: Stream, into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        let count = libssh2_channel_read_ex(
            pointer, stream.rawValue, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
        if count > 0 { return .bytes(count) }
        if count == 0 { return libssh2_channel_eof(pointer) == 1 ? .end : .nothingYet }
        return count == Int(LIBSSH2_ERROR_EAGAIN) ? .nothingYet : .broken
    }

    /// Sends the beginning of the bytes: at most one packet, 32,700 bytes.
    func write(_ bytes: UnsafeRawBufferPointer) -> CallResult {
        CallResult(
            libssh2_channel_write_ex(pointer, 0, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count))
    }

    func sendEndOfInput() -> CallResult { CallResult(libssh2_channel_send_eof(pointer)) }

    /// The peer has closed the channel: nothing more will come that has not arrived.
    var peerHasClosed: Bool { libssh2_channel_wait_closed(pointer) == 0 }

    /// Closes and frees; after success the channel must not be used.
    func close() -> CallResult { CallResult(libssh2_channel_free(pointer)) }
}
