import FleetModel
import HostAccess
import NIOCore

/// A connection that the peer makes for us to another host (direct-tcpip, RFC 4254 §7.2), which carries the bytes of
/// another session.
final class TunnelChannel: DrivenChannel {
    typealias Waiter = CheckedContinuation<Result<Void, TunnelRefusal>, Never>

    private enum Phase {
        /// Waits for its turn: a session can open only one channel at a time.
        case queued
        case opening
        case open(EngineChannel)
        case closing(EngineChannel)
        case ended
    }

    enum Limits {
        /// What waits here for a slow peer; the carried session stops at it, and goes on below the lower mark.
        static let unsentBytes = 256 << 10
        static let lowMark = 64 << 10
        /// Bytes that a tunnel may send before the others on the same session get their turn.
        static let turnBytes = 64 << 10
        static let chunkBytes = 64 << 10
    }

    private let address: String
    private let port: Int
    /// The peer's name in messages.
    private let bastion: String
    /// Called once the peer has answered, or nobody waits for that any more: another channel can be opened.
    private let settled: @Sendable () -> Void
    /// Called once the channel is gone.
    private let closed: @Sendable () -> Void
    private var phase = Phase.queued
    private var isSettled = false
    private var isAbandoned = false
    private var waiter: Waiter?
    private var unsent = CircularBuffer<ByteBuffer>()
    private var unsentBytes = 0
    private var carried: SSHSession?
    var alarm: Scheduled<Void>?

    init(
        to address: String, port: Int, through bastion: String, settled: @escaping @Sendable () -> Void,
        closed: @escaping @Sendable () -> Void
    ) {
        self.address = address
        self.port = port
        self.bastion = bastion
        self.settled = settled
        self.closed = closed
    }

    var isStarting: Bool { if case .queued = phase { true } else { hasRequestUnderWay } }
    var hasRequestUnderWay: Bool { if case .opening = phase { true } else { false } }
    var isEnded: Bool { if case .ended = phase { true } else { false } }
    var hasRoom: Bool { unsentBytes < Limits.unsentBytes && !isAbandoned && !isEnded }

    /// To be asked before the channel is driven for the first time.
    func waitForOpening(_ waiter: Waiter) {
        if isEnded { waiter.resume(returning: .failure(.sessionLost)) } else { self.waiter = waiter }
    }

    /// What comes from the other host goes to this session from now on.
    func carry(_ session: SSHSession) { carried = session }

    func send(_ bytes: ByteBuffer) {
        guard !isAbandoned, !isEnded else { return }
        unsent.append(bytes)
        unsentBytes += bytes.readableBytes
    }

    /// Ends it, at the next poll: nobody is interested any more.
    func close(_ refusal: TunnelRefusal = .abandoned) {
        isAbandoned = true
        carried = nil
        waiter.take()?.resume(returning: .failure(refusal))
    }

    func sessionFailed(_ error: HostAccessError) {
        waiter.take()?.resume(returning: .failure(.sessionLost))
        let session = carried.take()
        end()
        guard error.reason != .closed else {
            session?.assumeIsolated { $0.fail(error) }
            return
        }
        let lost = HostAccessError(.connectionLost, "through bastion '\(bastion)': \(error.problem)")
        session?.assumeIsolated { $0.fail(lost) }
    }

    private func settle() {
        guard !isSettled else { return }
        isSettled = true
        settled()
    }

    private func end() {
        guard !isEnded else { return }
        phase = .ended
        alarm?.cancel()
        settle()
        closed()
    }
}

// MARK: - How it goes on

extension TunnelChannel {
    func poll(_ engine: Engine, hasRoom: () -> Bool) throws(CallFailure) -> Bool {
        switch phase {
        case .queued:
            if isAbandoned { end() } else { phase = .opening }
            return true
        case .opening: return try pollOpening(engine)
        case .open(let channel):
            if isAbandoned {
                // The carried session's goodbye, as far as it goes without waiting.
                _ = try write(to: channel, hasRoom)
                phase = .closing(channel)
                return true
            }
            let hasRead = try readAll(channel)
            return try write(to: channel, hasRoom) || hasRead
        case .closing(let channel):
            switch channel.close() {
            case .success: end()
            case .failure(.wouldBlock): return false
            case .failure(let failure): throw failure
            }
            return true
        case .ended: return false
        }
    }

    private func pollOpening(_ engine: Engine) throws(CallFailure) -> Bool {
        engine.transport.openFailure = nil
        switch engine.openTunnel(to: address, port: port, givingUp: isAbandoned) {
        case .success(let channel):
            phase = .open(channel)
            settle()
            waiter.take()?.resume(returning: .success(()))
        case .failure(.wouldBlock): return false
        case .failure(.refused):
            waiter.take()?.resume(returning: .failure(.byPeer(engine.transport.openFailure)))
            end()
        case .failure(let failure): throw failure
        }
        return true
    }

    private func readAll(_ channel: EngineChannel) throws(CallFailure) -> Bool {
        guard let carried else { return false }
        var count = 0
        defer { if count > 0 { carried.assumeIsolated { $0.pump() } } }
        while true {
            var bytes = ByteBufferAllocator().buffer(capacity: Limits.chunkBytes)
            var result = EngineChannel.ReadResult.nothingYet
            bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: Limits.chunkBytes) { buffer in
                result = channel.read(.output, into: buffer)
                if case .bytes(let count) = result { return count } else { return 0 }
            }
            switch result {
            case .bytes(let more):
                count += more
                let bytes = bytes
                carried.assumeIsolated { $0.received(bytes) }
            case .nothingYet: return count > 0
            case .end:
                isAbandoned = true
                self.carried = nil
                carried.assumeIsolated { $0.pipeEnded(because: nil) }
                return true
            case .broken: throw .broken
            }
        }
    }

    private func write(to channel: EngineChannel, _ hasRoom: () -> Bool) throws(CallFailure) -> Bool {
        let before = unsentBytes
        while before - unsentBytes < Limits.turnBytes, var bytes = unsent.first, hasRoom() {
            let result = bytes.withUnsafeReadableBytes { channel.write($0) }
            guard case .success(let count) = result else {
                if result == .failure(.wouldBlock) { break }
                throw .broken
            }
            unsentBytes -= count
            bytes.moveReaderIndex(forwardBy: count)
            if bytes.readableBytes == 0 { unsent.removeFirst() } else { unsent[unsent.startIndex] = bytes }
        }
        // Nothing else tells the carried session that it can go on.
        if before > Limits.lowMark, unsentBytes <= Limits.lowMark { carried?.assumeIsolated { $0.pump() } }
        return unsentBytes < before
    }
}

/// Why a tunnel was not opened.
enum TunnelRefusal: Error, Equatable {
    /// The peer said no, in these words; nil where it said nothing in time.
    case byPeer(OpenFailure?)
    case sessionLost
    case timedOut
    /// Nobody waits for it any more.
    case abandoned
}

/// The peer's words for not opening a channel (SSH_MSG_CHANNEL_OPEN_FAILURE, RFC 4254 §5.1).
struct OpenFailure: Equatable {
    enum Reason: UInt32 {
        case administrativelyProhibited = 1
        case connectFailed, unknownChannelType, resourceShortage
    }

    var reason: Reason?
    var text: String
}
