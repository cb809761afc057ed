/// Asks which releases on a host have a given configuration. Contents do not travel: the coordinator proves that it
/// knows them, and neither side keeps the proof. Changes nothing.
public struct Compare: WireMessage {
    /// Absolute path; holds `releases/` and `current`.
    public var installDirectory: String
    /// SHA-256 of the archive of the releases in question, hexadecimal.
    public var digest: String
    /// Random bytes, new for each question: the key of the proofs.
    public var nonce: [UInt8]
    public var files: [FileProof]

    public init(installDirectory: String, digest: String, nonce: [UInt8], files: [FileProof]) {
        (self.installDirectory, self.digest, self.nonce, self.files) = (installDirectory, digest, nonce, files)
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, installDirectory)
        writer.write(2, digest)
        writer.write(3, nonce)
        writer.write(4, files)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (installDirectory, digest, nonce, files) = ("", "", [], [])
        while let field = try reader.next() {
            switch field.number {
            case 1: installDirectory = try field.text()
            case 2: digest = try field.text()
            case 3: nonce = Array(try field.bytes())
            case 4: try field.append(to: &files)
            default: break
            }
        }
    }
}

/// What one file of a configuration is to be.
public struct FileProof: WireMessage {
    /// The file without its content.
    public var file: ConfigurationFile
    /// HMAC-SHA-256 of the content under the question's nonce.
    public var proof: [UInt8]

    /// Takes the content out of `file`.
    public init(of file: ConfigurationFile, nonce: [UInt8]) {
        self.file = file
        self.file.content = []
        proof = SHA256.authenticationCode(of: file.content, key: nonce)
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, file)
        writer.write(2, proof)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        var file: ConfigurationFile?
        proof = []
        while let field = try reader.next() {
            switch field.number {
            case 1: file = try field.message()
            case 2: proof = Array(try field.bytes())
            default: break
            }
        }
        guard let file else { throw .missingField }
        self.file = file
    }
}

/// The answer to ``Compare``.
public struct Comparison: WireMessage {
    /// The releases with that archive and that configuration, newest first; only names and digests are told.
    public var matching: [StagedRelease] = []
    /// Each file of the question, and each of the current release's configuration that is not in it.
    public var files: [FileDifference] = []
    /// Why the files could not be put there, such as an unknown owner; empty where they can.
    public var problem = ""

    public init() {}

    public func write(to writer: inout WireWriter) {
        writer.write(1, matching)
        writer.write(2, files)
        writer.write(3, problem)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        while let field = try reader.next() {
            switch field.number {
            case 1: try field.append(to: &matching)
            case 2: try field.append(to: &files)
            case 3: problem = try field.text()
            default: break
            }
        }
    }
}

/// How a file of the current release's configuration differs from what it is to be.
public struct FileDifference: WireMessage {
    /// Typed, so that nobody has to read a text to decide.
    public enum Kind: UInt64, Sendable {
        case same = 1, added, removed, changed
        /// The content is the same; mode, owner or group are not.
        case attributes
    }

    public var path: String
    public var kind: Kind
    /// The one that is there now is a secret.
    public var isSecret: Bool

    public init(path: String, kind: Kind, isSecret: Bool) {
        (self.path, self.kind, self.isSecret) = (path, kind, isSecret)
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, path)
        writer.write(2, kind.rawValue)
        writer.write(3, isSecret)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        var kind: Kind?
        (path, isSecret) = ("", false)
        while let field = try reader.next() {
            switch field.number {
            case 1: path = try field.text()
            case 2: kind = Kind(rawValue: try field.integer())
            case 3: isSecret = try field.flag()
            default: break
            }
        }
        guard let kind else { throw .unknownKind }
        self.kind = kind
    }
}
