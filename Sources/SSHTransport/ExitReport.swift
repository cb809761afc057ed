import CLibSSH2
import FleetModel
import Glibc

/// What the server said about a command's end (RFC 4254 §6.10).
enum CommandExit: Equatable {
    case status(Int32)
    case signal(String)
}

/// The session's `free`, and the place where we learn how commands end and why channels are refused.
///
/// libssh2 keeps the server's words of a refusal to itself. And 1.10 answers "exit status 0" also where the server
/// closed a channel without any status, which must not pass for success, and has no call that tells the two apart. It
/// hands every packet it is done with to this function, so the reports can be read here.
let transportFree: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Void =
    { pointer, abstract in
        guard let pointer else { return }
        if let transport = transport(abstract) {
            let size = malloc_usable_size(pointer)
            transport.heldBytes -= size
            inspect(UnsafeMutableRawBufferPointer(start: pointer, count: min(size, 128)), for: transport)
        }
        free(pointer)
    }

private let channelOpen: UInt8 = 90
private let channelOpenFailure: UInt8 = 92
private let channelRequest: UInt8 = 98

private func inspect(_ packet: UnsafeMutableRawBufferPointer, for transport: MemoryTransport) {
    guard let kind = packet.first, [channelOpen, channelOpenFailure, channelRequest].contains(kind) else { return }
    var reader = SSHReader(packet)
    _ = reader.byte()
    switch kind {
    case channelOpen:
        guard reader.text() == "session", let number = reader.uint32() else { return }
        transport.lastOpenedChannel = number
    case channelOpenFailure:
        // The text may be longer than what is looked at here.
        guard reader.uint32() != nil, let reason = reader.uint32(), let length = reader.uint32() else { return }
        let text = String(decoding: reader.remaining.prefix(Int(length)), as: UTF8.self).printable()
        transport.openFailure = OpenFailure(reason: OpenFailure.Reason(rawValue: reason), text: text)
    default:
        guard let number = reader.uint32(), let name = reader.text(), let exit = commandExit(name, &reader) else {
            return
        }
        if transport.exitReports.count < maximumExitReports { transport.exitReports[number] = exit }
    }
    // Freed memory may be given out and freed again without being written to: it must not speak twice.
    packet[0] = 0
}

/// A host may report the ends of commands that nobody started; it has some ten channels (MaxSessions).
private let maximumExitReports = 64

private func commandExit(_ name: String, _ reader: inout SSHReader) -> CommandExit? {
    guard name == "exit-status" || name == "exit-signal", reader.byte() == 0 else { return nil }
    if name == "exit-status" { return reader.uint32().map { .status(Int32(bitPattern: $0)) } }
    return reader.text().map { .signal($0.printable(maximumBytes: 32)) }
}
