/// A file that is put into a release beside the artifact's own, with its content.
public struct ConfigurationFile: WireMessage {
    /// Relative to the release's directory; see ``ArchivePath``.
    public var path: String
    /// Permission bits, at most 0777.
    public var mode: UInt64
    /// A user's name or number; empty for the one that the agent runs as.
    public var owner: String
    /// A group's name or number; empty for the owner's own.
    public var group: String
    /// It may take the place of a file of the artifact.
    public var replaces: Bool
    /// Nobody may read it back.
    public var isSecret: Bool
    public var content: [UInt8]

    public init(
        path: String, mode: UInt64, owner: String, group: String, replaces: Bool, isSecret: Bool, content: [UInt8]
    ) {
        (self.path, self.mode, self.owner, self.group) = (path, mode, owner, group)
        (self.replaces, self.isSecret, self.content) = (replaces, isSecret, content)
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, path)
        writer.write(2, mode)
        writer.write(3, owner)
        writer.write(4, group)
        writer.write(5, replaces)
        writer.write(6, isSecret)
        writer.write(7, content)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (path, mode, owner, group, replaces, isSecret, content) = ("", 0, "", "", false, false, [])
        while let field = try reader.next() {
            switch field.number {
            case 1: path = try field.text()
            case 2: mode = try field.integer()
            case 3: owner = try field.text()
            case 4: group = try field.text()
            case 5: replaces = try field.flag()
            case 6: isSecret = try field.flag()
            case 7: content = Array(try field.bytes())
            default: break
            }
        }
    }
}

/// All files of one host's configuration, as they travel: offered and sent like an artifact, compressed by nobody.
public struct ConfigurationBundle: WireMessage {
    /// Random bytes, new for each bundle: its digest, which names the transfer, says nothing of the secrets in it.
    public var salt: [UInt8]
    public var files: [ConfigurationFile]

    public init(salt: [UInt8], files: [ConfigurationFile]) { (self.salt, self.files) = (salt, files) }

    public func write(to writer: inout WireWriter) {
        writer.write(1, salt)
        writer.write(2, files)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (salt, files) = ([], [])
        while let field = try reader.next() {
            switch field.number {
            case 1: salt = Array(try field.bytes())
            case 2: try field.append(to: &files)
            default: break
            }
        }
    }
}

/// Which bundle goes into the release that a step stages. Not a part of the step's action: it is not recorded, and
/// whoever asks for the step again may have made another bundle.
public struct ConfigurationReference: WireMessage {
    /// SHA-256 of the bundle's bytes, hexadecimal.
    public var digest: String
    /// The bundle's bytes.
    public var size: UInt64

    public init(digest: String, size: UInt64) { (self.digest, self.size) = (digest, size) }

    public func write(to writer: inout WireWriter) {
        writer.write(1, digest)
        writer.write(2, size)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (digest, size) = ("", 0)
        while let field = try reader.next() {
            switch field.number {
            case 1: digest = try field.text()
            case 2: size = try field.integer()
            default: break
            }
        }
    }
}
