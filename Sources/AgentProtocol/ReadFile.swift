/// Asks for a file of the current release's configuration, unless it is a secret; or for one that ``ReplaceFile``
/// could replace, to see what is there. Changes nothing.
public struct ReadFile: WireMessage {
    /// Absolute path; holds `releases/` and `current`. Empty for a file of the host's own.
    public var installDirectory: String
    /// As the release's own record of its configuration has it; absolute for a file of the host's own.
    public var path: String

    public init(installDirectory: String, path: String) {
        (self.installDirectory, self.path) = (installDirectory, path)
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, installDirectory)
        writer.write(2, path)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (installDirectory, path) = ("", "")
        while let field = try reader.next() {
            switch field.number {
            case 1: installDirectory = try field.text()
            case 2: path = try field.text()
            default: break
            }
        }
    }
}

/// The answer to ``ReadFile``; hostile until made printable.
public struct FileContent: WireMessage {
    /// At most ``ProtocolLimits/maximumReadBytes``: the first ones.
    public var content: [UInt8]
    /// There are more.
    public var isCut: Bool

    public init(content: [UInt8], isCut: Bool) { (self.content, self.isCut) = (content, isCut) }

    public func write(to writer: inout WireWriter) {
        writer.write(1, content)
        writer.write(2, isCut)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (content, isCut) = ([], false)
        while let field = try reader.next() {
            switch field.number {
            case 1: content = Array(try field.bytes())
            case 2: isCut = try field.flag()
            default: break
            }
        }
    }
}
