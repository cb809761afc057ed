/// Asks how many TCP connections to a port of the host there are, by IPv4 and IPv6, in the agent's network namespace.
/// Changes nothing.
public struct CountConnections: WireMessage {
    /// The local port.
    public var port: UInt16

    public init(port: UInt16) { self.port = port }

    public func write(to writer: inout WireWriter) { writer.write(1, UInt64(port)) }

    public init(from reader: inout WireReader) throws(WireError) {
        port = 0
        while let field = try reader.next() {
            guard field.number == 1 else { continue }
            guard let number = UInt16(exactly: try field.integer()) else { throw .wrongFieldType }
            port = number
        }
    }
}

/// The answer to ``CountConnections``. Connections from the host itself count as all others do: a balancer on the same
/// host comes from there, and a health check is over in a moment.
public struct ConnectionCount: WireMessage {
    /// Open in both directions (tcp(7), ESTABLISHED): requests may be on their way.
    public var established: UInt64
    /// Closed by the client and not yet by the service (CLOSE_WAIT): one that wants its last answer, or one that the
    /// service has forgotten to close, maybe for ever. No reason to go on waiting.
    public var closeWait: UInt64

    public init(established: UInt64, closeWait: UInt64) {
        (self.established, self.closeWait) = (established, closeWait)
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, established)
        writer.write(2, closeWait)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (established, closeWait) = (0, 0)
        while let field = try reader.next() {
            switch field.number {
            case 1: established = try field.integer()
            case 2: closeWait = try field.integer()
            default: break
            }
        }
    }
}
