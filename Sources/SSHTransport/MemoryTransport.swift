import CLibSSH2
import FleetModel
import Glibc
import NIOCore

/// The other side of libssh2's callbacks: the bytes on their way in and out, and what else the callbacks have to tell.
///
/// libssh2 keeps an unretained pointer to it, so an ``Engine`` owns one for its whole life.
final class MemoryTransport {
    /// Bytes from the peer that libssh2 has not taken.
    var received = ByteBuffer()
    /// Bytes for the peer.
    var unsent = ByteBuffer()
    /// The peer has sent its last byte, or the connection broke; what has arrived can still be read.
    var inputHasEnded = false
    /// What libssh2 has allocated for the session and not freed: above all packets that nobody has taken, of which it
    /// keeps any number.
    var heldBytes = 0
    /// Nothing is read or sent any more.
    var isClosed = false
    /// Where nothing has arrived, reading fails instead of asking for patience.
    var failsReading = false

    /// The peer's own words for ending the connection (SSH_MSG_DISCONNECT, RFC 4253 §11.1).
    var disconnectMessage: String?
    var signing = Signing.idle
    /// How commands ended, by our channel number, until a channel takes its own.
    var exitReports: [UInt32: CommandExit] = [:]
    /// Our number for the channel asked for last.
    var lastOpenedChannel: UInt32 = 0
    /// Why the peer did not open a channel.
    var openFailure: OpenFailure?

    enum Signing {
        case idle
        /// The server took the key; these bytes are to be signed.
        case wanted([UInt8])
        case signed([UInt8])
        case refused
    }
}

func transport(_ abstract: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> MemoryTransport? {
    guard let pointer = abstract?.pointee else { return nil }
    return Unmanaged<MemoryTransport>.fromOpaque(pointer).takeUnretainedValue()
}

/// The session's `malloc`, which counts; ``transportFree`` is the other half.
let transportAllocate:
    @convention(c) (Int, UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> UnsafeMutableRawPointer? = {
        count, abstract in
        guard let pointer = malloc(count) else { return nil }
        transport(abstract)?.heldBytes += malloc_usable_size(pointer)
        return pointer
    }

/// The session's `realloc`.
let transportReallocate:
    @convention(c) (
        UnsafeMutableRawPointer?, Int, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> UnsafeMutableRawPointer? = { pointer, count, abstract in
        let before = malloc_usable_size(pointer)
        guard let moved = realloc(pointer, count) else { return nil }
        transport(abstract)?.heldBytes += malloc_usable_size(moved) - before
        return moved
    }

/// LIBSSH2_CALLBACK_RECV: the count, 0 at the end, or a negative errno.
let transportReceive:
    @convention(c) (
        Int32, UnsafeMutableRawPointer?, Int, Int32, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Int = { _, buffer, length, _, abstract in
        guard let transport = transport(abstract), let buffer, !transport.isClosed else { return 0 }
        let count = min(length, transport.received.readableBytes)
        guard count > 0 else { return transport.inputHasEnded ? 0 : -Int(transport.failsReading ? EIO : EAGAIN) }
        transport.received.readWithUnsafeReadableBytes { bytes in
            buffer.copyMemory(from: bytes.baseAddress.unsafelyUnwrapped, byteCount: count)
            return count
        }
        return count
    }

/// LIBSSH2_CALLBACK_SEND: takes everything, always.
let transportSend:
    @convention(c) (
        Int32, UnsafeRawPointer?, Int, Int32, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Int = { _, buffer, length, _, abstract in
        guard let transport = transport(abstract), let buffer, !transport.isClosed else { return length }
        transport.unsent.writeBytes(UnsafeRawBufferPointer(start: buffer, count: length))
        return length
    }

/// LIBSSH2_CALLBACK_DISCONNECT
let transportDisconnected:
    @convention(c) (
        OpaquePointer?, Int32, UnsafePointer<CChar>?, Int32, UnsafePointer<CChar>?, Int32,
        UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Void = { _, _, message, length, _, _, abstract in
        guard let transport = transport(abstract), let message, length > 0 else { return }
        let bytes = UnsafeRawBufferPointer(start: message, count: Int(length))
        transport.disconnectMessage = String(decoding: bytes, as: UTF8.self).printable(maximumBytes: 256)
    }

/// LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC: asks for the signature, would block until it is there; libssh2 frees what it
/// gets.
let transportSign:
    @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, UnsafeMutablePointer<Int>?,
        UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Int32 = { _, signature, signatureLength, data, length, abstract in
        guard let transport = transport(abstract), let data else { return -1 }
        switch transport.signing {
        case .idle:
            transport.signing = .wanted(Array(UnsafeBufferPointer(start: data, count: length)))
            return LIBSSH2_ERROR_EAGAIN
        case .wanted: return LIBSSH2_ERROR_EAGAIN
        case .refused: return -1
        case .signed(let bytes):
            guard let copy = transportAllocate(bytes.count, abstract) else { return -1 }
            bytes.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: bytes.count) }
            signature?.pointee = copy.assumingMemoryBound(to: UInt8.self)
            signatureLength?.pointee = bytes.count
            return 0
        }
    }
