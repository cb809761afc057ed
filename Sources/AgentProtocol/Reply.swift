/// What an agent answers; the frame's id is the request's.
public enum Reply: Equatable, Sendable {
    case hello(Greeting)
    case report(HostReport)
    /// The service is claimed.
    case begun
    /// Send the artifact's compressed bytes from here on; equal to its size where none are wanted.
    case wanted(offset: UInt64)
    case performed(StepResult)
    case finished
    case compared(Comparison)
    case content(FileContent)
    case exchanged(ExchangeAnswer)
    case replaced(Replacement)
    case connections(ConnectionCount)
    case sample(Sample)
    case evidence(Evidence)
    /// Nothing was done.
    case refused(Refusal)
    /// News of a step that is still running; the reply itself is yet to come.
    case progressed(Progress)

    public init(_ frame: Frame) throws(WireError) {
        let body = frame.body[...]
        switch frame.kind {
        case 129: self = .hello(try WireReader.decode(body))
        case 130: self = .report(try WireReader.decode(body))
        case 131: self = .begun
        case 132: self = .wanted(offset: try WireReader.decode(body, as: Number.self).value)
        case 134: self = .performed(try WireReader.decode(body))
        case 135: self = .finished
        case 136: self = .compared(try WireReader.decode(body))
        case 137: self = .content(try WireReader.decode(body))
        case 138: self = .exchanged(try WireReader.decode(body))
        case 139: self = .replaced(try WireReader.decode(body))
        case 140: self = .connections(try WireReader.decode(body))
        case 141: self = .sample(try WireReader.decode(body))
        case 142: self = .evidence(try WireReader.decode(body))
        case 192: self = .progressed(try WireReader.decode(body))
        case 255: self = .refused(try WireReader.decode(body))
        default: throw .unknownKind
        }
    }

    /// The reply on the wire; `id` is the request's.
    public func frame(id: UInt32) -> Frame {
        switch self {
        case .hello(let message): Frame(kind: 129, id: id, body: WireWriter.encode(message))
        case .report(let message): Frame(kind: 130, id: id, body: WireWriter.encode(message))
        case .begun: Frame(kind: 131, id: id, body: [])
        case .wanted(let offset): Frame(kind: 132, id: id, body: WireWriter.encode(Number(value: offset)))
        case .performed(let message): Frame(kind: 134, id: id, body: WireWriter.encode(message))
        case .finished: Frame(kind: 135, id: id, body: [])
        case .compared(let message): Frame(kind: 136, id: id, body: WireWriter.encode(message))
        case .content(let message): Frame(kind: 137, id: id, body: WireWriter.encode(message))
        case .exchanged(let message): Frame(kind: 138, id: id, body: WireWriter.encode(message))
        case .replaced(let message): Frame(kind: 139, id: id, body: WireWriter.encode(message))
        case .connections(let message): Frame(kind: 140, id: id, body: WireWriter.encode(message))
        case .sample(let message): Frame(kind: 141, id: id, body: WireWriter.encode(message))
        case .evidence(let message): Frame(kind: 142, id: id, body: WireWriter.encode(message))
        case .progressed(let message): Frame(kind: 192, id: id, body: WireWriter.encode(message))
        case .refused(let message): Frame(kind: 255, id: id, body: WireWriter.encode(message))
        }
    }

    private struct Number: WireMessage {
        var value: UInt64

        init(value: UInt64) { self.value = value }

        func write(to writer: inout WireWriter) { writer.write(1, value) }

        init(from reader: inout WireReader) throws(WireError) {
            value = 0
            while let field = try reader.next() {
                if field.number == 1 { value = try field.integer() }
            }
        }
    }
}

/// Who answers.
public struct Greeting: WireMessage {
    /// The protocol version both will speak.
    public var version: UInt64
    public var agentVersion: String
    /// `/etc/machine-id`: the host's identity, whatever the inventory calls it (machine-id(5)).
    public var machineID: String
    /// Changes with every boot (proc(5), `random/boot_id`).
    public var bootID: String

    public init(version: UInt64, agentVersion: String, machineID: String, bootID: String) {
        self.version = version
        self.agentVersion = agentVersion
        self.machineID = machineID
        self.bootID = bootID
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, version)
        writer.write(2, agentVersion)
        writer.write(3, machineID)
        writer.write(4, bootID)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (version, agentVersion, machineID, bootID) = (0, "", "", "")
        while let field = try reader.next() {
            switch field.number {
            case 1: version = try field.integer()
            case 2: agentVersion = try field.text()
            case 3: machineID = try field.text()
            case 4: bootID = try field.text()
            default: break
            }
        }
    }
}

/// Why a request was refused.
public struct Refusal: WireMessage {
    /// Typed, so that nobody has to read the text to decide.
    public enum Reason: UInt64, Sendable {
        /// Another rollout claimed the service with a higher epoch.
        case staleEpoch = 1
        /// Another rollout holds the service.
        case held
        /// The agent speaks none of the versions asked for, or the request needs a newer one than was agreed on.
        case version
        /// The request is malformed, or names something that may not be.
        case invalid
        /// Another step of this service is running.
        case busy
        case internalError
    }

    public var reason: Reason
    public var problem: String
    /// Who holds the service, where that is the reason.
    public var holder: Claim?

    public init(reason: Reason, problem: String, holder: Claim? = nil) {
        self.reason = reason
        self.problem = problem
        self.holder = holder
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, reason.rawValue)
        writer.write(2, problem)
        writer.write(3, holder)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        var reason: Reason?
        problem = ""
        while let field = try reader.next() {
            switch field.number {
            case 1: reason = Reason(rawValue: try field.integer())
            case 2: problem = try field.text()
            case 3: holder = try field.message()
            default: break
            }
        }
        guard let reason else { throw .unknownKind }
        self.reason = reason
    }
}

/// What a running step is at.
public struct Progress: WireMessage {
    /// One line: `restarting shop.service`, `check checks/health.sh failed: exit status 1`.
    public var text: String
    /// The last output of a failing check or hook; hostile until made printable.
    public var output: [UInt8]

    public init(text: String, output: [UInt8] = []) {
        self.text = text
        self.output = output
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, text)
        writer.write(2, output)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (text, output) = ("", [])
        while let field = try reader.next() {
            switch field.number {
            case 1: text = try field.text()
            case 2: output = Array(try field.bytes())
            default: break
            }
        }
    }
}
