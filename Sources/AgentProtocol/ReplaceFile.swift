/// Puts a file of a server's configuration in place, has it tested there, and has the server take it over. Where the
/// test or the taking over fails, or the agent or the host stops in the middle, the old file comes back.
///
/// May be asked again: the test and the taking over are done again then, too.
public struct ReplaceFile: WireMessage {
    public var claim: Claim
    /// Absolute; a regular file, whose owner and mode stay, or nothing yet: then it is the agent's user's own, 0644.
    public var path: String
    /// At most ``ProtocolLimits/maximumReplacementBytes``.
    public var content: [UInt8]
    /// A shell command that must succeed with the new file in place, such as `nginx -t`; empty for none.
    public var test: String
    /// A shell command by which the server takes it over, such as `systemctl reload nginx`; empty for none.
    public var apply: String
    /// For each of the two.
    public var timeoutMilliseconds: UInt64

    public init(
        claim: Claim, path: String, content: [UInt8], test: String, apply: String, timeoutMilliseconds: UInt64
    ) {
        (self.claim, self.path, self.content) = (claim, path, content)
        (self.test, self.apply, self.timeoutMilliseconds) = (test, apply, timeoutMilliseconds)
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, claim)
        writer.write(2, path)
        writer.write(3, content)
        writer.write(4, test)
        writer.write(5, apply)
        writer.write(6, timeoutMilliseconds)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        var claim: Claim?
        (path, content, test, apply, timeoutMilliseconds) = ("", [], "", "", 0)
        while let field = try reader.next() {
            switch field.number {
            case 1: claim = try field.message()
            case 2: path = try field.text()
            case 3: content = Array(try field.bytes())
            case 4: test = try field.text()
            case 5: apply = try field.text()
            case 6: timeoutMilliseconds = try field.integer()
            default: break
            }
        }
        guard let claim else { throw .missingField }
        self.claim = claim
    }
}

/// The answer to ``ReplaceFile``.
public struct Replacement: WireMessage {
    /// Typed, so that nobody has to read the text to decide.
    public enum Ending: UInt64, Sendable {
        case succeeded = 1
        /// The old file is back, and was never out of use.
        case testFailed
        /// The old file is back, and the server was told to take it over again.
        case applyFailed
        /// The file could not be written: all is as before.
        case notWritten
        /// The old file could not be put back: what is there is told by the problem.
        case notRestored
    }

    public var ending: Ending
    /// One sentence; empty where it succeeded.
    public var problem: String
    /// The last output of the command that failed, at most ``ProtocolLimits/maximumOutputBytes``; hostile until made
    /// printable.
    public var output: [UInt8]

    public init(ending: Ending, problem: String = "", output: [UInt8] = []) {
        (self.ending, self.problem, self.output) = (ending, problem, output)
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, ending.rawValue)
        writer.write(2, problem)
        writer.write(3, output)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        var ending: Ending?
        (problem, output) = ("", [])
        while let field = try reader.next() {
            switch field.number {
            case 1: ending = Ending(rawValue: try field.integer())
            case 2: problem = try field.text()
            case 3: output = Array(try field.bytes())
            default: break
            }
        }
        guard let ending else { throw .unknownKind }
        self.ending = ending
    }
}
