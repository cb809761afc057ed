/// Asks for what tells why a service failed on a host, and what sets that host apart from others. Changes nothing, and
/// nothing of the definition is kept.
public struct GatherEvidence: WireMessage {
    public var definition: ServiceDefinition
    /// Only ``Evidence/facts``: for hosts that are well, to compare with.
    public var factsOnly: Bool

    public init(definition: ServiceDefinition, factsOnly: Bool = false) {
        (self.definition, self.factsOnly) = (definition, factsOnly)
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, definition)
        writer.write(2, factsOnly)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (definition, factsOnly) = (ServiceDefinition(), false)
        while let field = try reader.next() {
            switch field.number {
            case 1: definition = try field.message()
            case 2: factsOnly = try field.flag()
            default: break
            }
        }
    }
}

/// The answer to ``GatherEvidence``; at most ``ProtocolLimits/maximumEvidenceBytes`` of texts, hostile until made
/// printable.
public struct Evidence: WireMessage {
    /// Lines of `Name=value` (systemctl(1), `show`): ActiveState, SubState, Result, ExecMainStatus and the like; empty
    /// where the service is no unit.
    public var unitStatus: [UInt8] = []
    /// The last lines of the unit's journal, at most ``ProtocolLimits/maximumJournalLines``, oldest first. Where the
    /// service is no unit: the last output of its commands.
    public var journal: [UInt8] = []
    /// How the last round of checks came out that failed: which check, how.
    public var healthProblem = ""
    /// What the failing check had to say.
    public var healthOutput: [UInt8] = []
    public var facts: [HostFact] = []

    public init() {}

    public func write(to writer: inout WireWriter) {
        writer.write(1, unitStatus)
        writer.write(2, journal)
        writer.write(3, healthProblem)
        writer.write(4, healthOutput)
        writer.write(5, facts)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        while let field = try reader.next() {
            switch field.number {
            case 1: unitStatus = Array(try field.bytes())
            case 2: journal = Array(try field.bytes())
            case 3: healthProblem = try field.text()
            case 4: healthOutput = Array(try field.bytes())
            case 5: try field.append(to: &facts)
            default: break
            }
        }
    }
}

/// Something that hosts may share or differ in. What could not be found out is no fact.
public struct HostFact: WireMessage {
    /// What there may be; a newer agent may know more.
    public enum Name {
        /// uname(2).
        public static let kernel = "kernel", architecture = "architecture"
        /// os-release(5), `PRETTY_NAME`.
        public static let distribution = "distribution"
        public static let cpuCount = "cpus"
        /// Of the host, in bytes.
        public static let memoryBytes = "memory_bytes"
        public static let agentVersion = "agent"
        /// Changes with every boot (proc(5), `random/boot_id`).
        public static let bootID = "boot_id"
        public static let uptimeSeconds = "uptime_seconds"
        /// Of the file system of the install directory, 0…100.
        public static let diskFreePercent = "disk_free_percent"
        /// `systemctl --version`, its first line's second word.
        public static let systemd = "systemd"
    }

    /// One of ``Name``.
    public var name: String
    public var value: String

    public init(name: String, value: String) { (self.name, self.value) = (name, value) }

    public func write(to writer: inout WireWriter) {
        writer.write(1, name)
        writer.write(2, value)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (name, value) = ("", "")
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.text()
            case 2: value = try field.text()
            default: break
            }
        }
    }
}
