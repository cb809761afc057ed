/// How a remote command came to its end. Only `exited(0)` is success.
public enum CommandEnding: Hashable, Sendable {
    /// It returned this status.
    case exited(Int32)
    /// A signal ended it, named without `SIG` (RFC 4254 §6.10).
    case signalled(String)
    /// The connection died first: what the command did is not known.
    case lost
    /// Our deadline passed first: what the command did is not known.
    case timedOut
    /// The peer closed the channel without saying how the command ended.
    case unknown
}

/// What a remote command printed and how it ended; output beyond the limit is dropped and counted.
public struct CommandOutcome: Hashable, Sendable {
    public var ending: CommandEnding
    public var output: [UInt8]
    public var errorOutput: [UInt8]
    /// Bytes of either stream that were received and thrown away because the limit was reached.
    public var droppedBytes: Int

    public init(ending: CommandEnding, output: [UInt8], errorOutput: [UInt8], droppedBytes: Int = 0) {
        self.ending = ending
        self.output = output
        self.errorOutput = errorOutput
        self.droppedBytes = droppedBytes
    }

    public var succeeded: Bool { ending == .exited(0) }
}
