/// A program that a step of its own runs.
public struct SingleHook: WireMessage {
    /// What reports and `COORD_HOOK` call it, for example `expand`.
    public var name: String
    /// The whole script; its first line names its interpreter.
    public var content: [UInt8]
    /// The release that the rollout brings, for `COORD_RELEASE`; it need not be on this host.
    public var release: String
    public var timeoutMilliseconds: UInt64

    public init(name: String, content: [UInt8], release: String, timeoutMilliseconds: UInt64) {
        (self.name, self.content, self.release) = (name, content, release)
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, name)
        writer.write(2, content)
        writer.write(3, release)
        writer.write(4, timeoutMilliseconds)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (name, content, release, timeoutMilliseconds) = ("", [], "", 0)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.text()
            case 2: content = Array(try field.bytes())
            case 3: release = try field.text()
            case 4: timeoutMilliseconds = try field.integer()
            default: break
            }
        }
    }
}
