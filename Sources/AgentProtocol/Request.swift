/// What a coordinator asks of an agent. Each is answered by one ``Reply`` with the same id, except ``chunk``.
public enum Request: Equatable, Sendable {
    /// The first request on a connection.
    case hello(Hello)
    /// How is the host, and this service on it? Changes nothing.
    case inspect(Inspect)
    /// Claims the service for a rollout.
    case begin(Begin)
    /// Which bytes of this artifact are wanted?
    case offer(Offer)
    /// Some of the wanted bytes. Not answered: an error answers the step that needs them.
    case chunk(Chunk)
    /// Performs a step, once, whatever happens to the connection.
    case perform(Perform)
    /// The rollout is over on this host: releases the claim, removes releases beyond what is kept.
    case finish(Finish)
    /// Which releases have this configuration? Changes nothing.
    case compare(Compare)
    /// What is in a file? Changes nothing.
    case read(ReadFile)
    /// Says something to a server on the host.
    case exchange(Exchange)
    /// Changes a server's configuration, or leaves it as it is.
    case replace(ReplaceFile)
    /// How many connections does a port have? Changes nothing.
    case countConnections(CountConnections)
    /// How does the service do, in numbers? Changes nothing.
    case takeSample(TakeSample)
    /// Why did the service fail, and what is this host like? Changes nothing.
    case gatherEvidence(GatherEvidence)

    public init(_ frame: Frame) throws(WireError) {
        let body = frame.body[...]
        switch frame.kind {
        case 1: self = .hello(try WireReader.decode(body))
        case 2: self = .inspect(try WireReader.decode(body))
        case 3: self = .begin(try WireReader.decode(body))
        case 4: self = .offer(try WireReader.decode(body))
        case 5: self = .chunk(try WireReader.decode(body))
        case 6: self = .perform(try WireReader.decode(body))
        case 7: self = .finish(try WireReader.decode(body))
        case 8: self = .compare(try WireReader.decode(body))
        case 9: self = .read(try WireReader.decode(body))
        case 10: self = .exchange(try WireReader.decode(body))
        case 11: self = .replace(try WireReader.decode(body))
        case 12: self = .countConnections(try WireReader.decode(body))
        case 13: self = .takeSample(try WireReader.decode(body))
        case 14: self = .gatherEvidence(try WireReader.decode(body))
        default: throw .unknownKind
        }
    }

    /// The request on the wire.
    public func frame(id: UInt32) -> Frame {
        switch self {
        case .hello(let message): Frame(kind: 1, id: id, body: WireWriter.encode(message))
        case .inspect(let message): Frame(kind: 2, id: id, body: WireWriter.encode(message))
        case .begin(let message): Frame(kind: 3, id: id, body: WireWriter.encode(message))
        case .offer(let message): Frame(kind: 4, id: id, body: WireWriter.encode(message))
        case .chunk(let message): Frame(kind: 5, id: id, body: WireWriter.encode(message))
        case .perform(let message): Frame(kind: 6, id: id, body: WireWriter.encode(message))
        case .finish(let message): Frame(kind: 7, id: id, body: WireWriter.encode(message))
        case .compare(let message): Frame(kind: 8, id: id, body: WireWriter.encode(message))
        case .read(let message): Frame(kind: 9, id: id, body: WireWriter.encode(message))
        case .exchange(let message): Frame(kind: 10, id: id, body: WireWriter.encode(message))
        case .replace(let message): Frame(kind: 11, id: id, body: WireWriter.encode(message))
        case .countConnections(let message): Frame(kind: 12, id: id, body: WireWriter.encode(message))
        case .takeSample(let message): Frame(kind: 13, id: id, body: WireWriter.encode(message))
        case .gatherEvidence(let message): Frame(kind: 14, id: id, body: WireWriter.encode(message))
        }
    }
}

/// Who is calling, and which protocol versions it speaks.
public struct Hello: WireMessage {
    public var lowestVersion: UInt64
    public var highestVersion: UInt64
    /// The coordinator's own version, for the agent's log.
    public var coordinatorVersion: String

    public init(lowestVersion: UInt64, highestVersion: UInt64, coordinatorVersion: String) {
        self.lowestVersion = lowestVersion
        self.highestVersion = highestVersion
        self.coordinatorVersion = coordinatorVersion
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, lowestVersion)
        writer.write(2, highestVersion)
        writer.write(3, coordinatorVersion)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (lowestVersion, highestVersion, coordinatorVersion) = (0, 0, "")
        while let field = try reader.next() {
            switch field.number {
            case 1: lowestVersion = try field.integer()
            case 2: highestVersion = try field.integer()
            case 3: coordinatorVersion = try field.text()
            default: break
            }
        }
    }
}

/// Asks for a ``HostReport``. The definition says where to look and what to probe; nothing of it is kept.
public struct Inspect: WireMessage {
    public var definition: ServiceDefinition
    /// Also run every health check once; without it only the unit's state is looked at.
    public var probesHealth: Bool

    public init(definition: ServiceDefinition, probesHealth: Bool) {
        self.definition = definition
        self.probesHealth = probesHealth
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, definition)
        writer.write(2, probesHealth)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (definition, probesHealth) = (ServiceDefinition(), false)
        while let field = try reader.next() {
            switch field.number {
            case 1: definition = try field.message()
            case 2: probesHealth = try field.flag()
            default: break
            }
        }
    }
}

/// Who acts on a service: every changing request carries it, and the host refuses an epoch lower than the highest it
/// has seen.
public struct Claim: WireMessage {
    public var service: String
    public var rollout: String
    public var epoch: UInt64
    /// Who runs it, for people: `user@machine`.
    public var holder: String

    public init(service: String, rollout: String, epoch: UInt64, holder: String) {
        self.service = service
        self.rollout = rollout
        self.epoch = epoch
        self.holder = holder
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, service)
        writer.write(2, rollout)
        writer.write(3, epoch)
        writer.write(4, holder)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (service, rollout, epoch, holder) = ("", "", 0, "")
        while let field = try reader.next() {
            switch field.number {
            case 1: service = try field.text()
            case 2: rollout = try field.text()
            case 3: epoch = try field.integer()
            case 4: holder = try field.text()
            default: break
            }
        }
    }
}

/// Claims the service on this host. A repeat with the same rollout and an epoch no lower is answered alike.
public struct Begin: WireMessage {
    public var claim: Claim
    public var definition: ServiceDefinition

    public init(claim: Claim, definition: ServiceDefinition) {
        self.claim = claim
        self.definition = definition
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, claim)
        writer.write(2, definition)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        var claim: Claim?
        var definition: ServiceDefinition?
        while let field = try reader.next() {
            switch field.number {
            case 1: claim = try field.message()
            case 2: definition = try field.message()
            default: break
            }
        }
        guard let claim, let definition else { throw .missingField }
        (self.claim, self.definition) = (claim, definition)
    }
}

/// An artifact that the coordinator can send.
public struct Offer: WireMessage {
    public var claim: Claim
    public var artifact: ArtifactReference
    /// The bytes are a ``ConfigurationBundle``: both digests are the bundle's.
    public var isConfiguration: Bool

    public init(claim: Claim, artifact: ArtifactReference, isConfiguration: Bool = false) {
        self.claim = claim
        self.artifact = artifact
        self.isConfiguration = isConfiguration
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, claim)
        writer.write(2, artifact)
        writer.write(3, isConfiguration)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        var claim: Claim?
        var artifact: ArtifactReference?
        isConfiguration = false
        while let field = try reader.next() {
            switch field.number {
            case 1: claim = try field.message()
            case 2: artifact = try field.message()
            case 3: isConfiguration = try field.flag()
            default: break
            }
        }
        guard let claim, let artifact else { throw .missingField }
        (self.claim, self.artifact) = (claim, artifact)
    }
}

/// A release and the bytes it comes as: a canonical archive, compressed with zstd.
public struct ArtifactReference: WireMessage {
    /// The release's name.
    public var release: String
    /// The directory under `releases/` that it goes to; empty where that is called like the release.
    public var directory: String
    /// SHA-256 of the canonical archive, hexadecimal: what the release *is*.
    public var digest: String
    /// Bytes of the canonical archive.
    public var size: UInt64
    /// SHA-256 of the compressed bytes, hexadecimal: names the transfer, so that it can resume.
    public var packedDigest: String
    /// Compressed bytes.
    public var packedSize: UInt64

    public init(
        release: String, digest: String, size: UInt64, packedDigest: String, packedSize: UInt64, directory: String = ""
    ) {
        self.release = release
        self.directory = directory
        self.digest = digest
        self.size = size
        self.packedDigest = packedDigest
        self.packedSize = packedSize
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, release)
        writer.write(2, digest)
        writer.write(3, size)
        writer.write(4, packedDigest)
        writer.write(5, packedSize)
        writer.write(6, directory)
    }

    /// The name of its directory.
    public var directoryName: String { directory.utf8.isEmpty ? release : directory }

    public init(from reader: inout WireReader) throws(WireError) {
        (release, digest, size, packedDigest, packedSize, directory) = ("", "", 0, "", 0, "")
        while let field = try reader.next() {
            switch field.number {
            case 1: release = try field.text()
            case 2: digest = try field.text()
            case 3: size = try field.integer()
            case 4: packedDigest = try field.text()
            case 5: packedSize = try field.integer()
            case 6: directory = try field.text()
            default: break
            }
        }
    }
}

/// Bytes of an artifact's compressed form.
public struct Chunk: WireMessage {
    /// Which artifact, as in ``ArtifactReference/packedDigest``.
    public var packedDigest: String
    public var offset: UInt64
    /// At most ``ProtocolLimits/maximumChunkBytes``.
    public var content: [UInt8]

    public init(packedDigest: String, offset: UInt64, content: [UInt8]) {
        self.packedDigest = packedDigest
        self.offset = offset
        self.content = content
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, packedDigest)
        writer.write(2, offset)
        writer.write(3, content)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (packedDigest, offset, content) = ("", 0, [])
        while let field = try reader.next() {
            switch field.number {
            case 1: packedDigest = try field.text()
            case 2: offset = try field.integer()
            case 3: content = Array(try field.bytes())
            default: break
            }
        }
    }
}

/// The end of a rollout on this host.
public struct Finish: WireMessage {
    public var claim: Claim

    public init(claim: Claim) { self.claim = claim }

    public func write(to writer: inout WireWriter) { writer.write(1, claim) }

    public init(from reader: inout WireReader) throws(WireError) {
        var claim: Claim?
        while let field = try reader.next() {
            if field.number == 1 { claim = try field.message() }
        }
        guard let claim else { throw .missingField }
        self.claim = claim
    }
}
