/// The state of a host and of one service on it, read at the moment of asking.
public struct HostReport: WireMessage {
    /// What `current` points at: a release's name, or the link's text where coord did not put it there; empty where
    /// there is none.
    public var current = ""
    /// SHA-256 of the current release's archive; empty where coord did not install it.
    public var currentDigest = ""
    /// What `current` was before the last activation; empty where there was nothing.
    public var previous = ""
    /// Every release in `releases/`, newest first, at most ``ProtocolLimits/maximumRepeats``.
    public var releases: [StagedRelease] = []
    /// systemd's ActiveState, or `active`/`inactive` as the status command says (systemctl(1)); `missing` where there
    /// is no such unit.
    public var unitState = ""
    public var mainPID: UInt64 = 0
    public var restarts: UInt64 = 0
    /// Resident memory of the service in bytes, 0 where not known.
    public var memoryBytes: UInt64 = 0
    /// The last checks: 0 unknown, 1 healthy, 2 unhealthy.
    public var health: Health = .unknown
    /// Which check failed and how; empty where healthy.
    public var healthProblem = ""
    /// The highest epoch ever seen for the service.
    public var epoch: UInt64 = 0
    /// The rollout that holds the service now.
    public var holder: Claim?
    /// Of the file system of the install directory.
    public var diskFreeBytes: UInt64 = 0
    public var diskTotalBytes: UInt64 = 0
    /// The host's clock, seconds since 1970-01-01 UTC.
    public var clockSeconds: UInt64 = 0
    public var uptimeSeconds: UInt64 = 0
    /// One-minute load average times 100 (proc(5), `loadavg`).
    public var loadHundredths: UInt64 = 0
    /// Why no release can be activated here, such as a directory in the place of `current`; empty where one can.
    public var obstacle = ""
    /// A rollout has stopped the service for good: that nothing runs is as it is to be.
    public var isRetired = false

    /// What the checks say together.
    public enum Health: UInt64, Sendable {
        case unknown, healthy, unhealthy
    }

    public init() {}

    public func write(to writer: inout WireWriter) {
        writer.write(1, current)
        writer.write(2, currentDigest)
        writer.write(3, previous)
        writer.write(4, releases)
        writer.write(5, unitState)
        writer.write(6, mainPID)
        writer.write(7, restarts)
        writer.write(8, memoryBytes)
        writer.write(9, health.rawValue)
        writer.write(10, healthProblem)
        writer.write(11, epoch)
        writer.write(12, holder)
        writer.write(13, diskFreeBytes)
        writer.write(14, diskTotalBytes)
        writer.write(15, clockSeconds)
        writer.write(16, uptimeSeconds)
        writer.write(17, loadHundredths)
        writer.write(18, obstacle)
        // 19 said that the agent knows configuration, before that was a matter of the protocol's version.
        writer.write(20, isRetired)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        while let field = try reader.next() {
            switch field.number {
            case 1: current = try field.text()
            case 2: currentDigest = try field.text()
            case 3: previous = try field.text()
            case 4: try field.append(to: &releases)
            case 5: unitState = try field.text()
            case 6: mainPID = try field.integer()
            case 7: restarts = try field.integer()
            case 8: memoryBytes = try field.integer()
            case 9: health = Health(rawValue: try field.integer()) ?? .unknown
            case 10: healthProblem = try field.text()
            case 11: epoch = try field.integer()
            case 12: holder = try field.message()
            case 13: diskFreeBytes = try field.integer()
            case 14: diskTotalBytes = try field.integer()
            case 15: clockSeconds = try field.integer()
            case 16: uptimeSeconds = try field.integer()
            case 17: loadHundredths = try field.integer()
            case 18: obstacle = try field.text()
            case 20: isRetired = try field.flag()
            default: break
            }
        }
    }
}

/// A release on the host.
public struct StagedRelease: WireMessage {
    /// Of its directory.
    public var name: String
    /// SHA-256 of its canonical archive, hexadecimal.
    public var digest: String
    /// The release's own name; empty where that is the directory's.
    public var release: String
    /// It holds files of a configuration.
    public var isConfigured: Bool

    public init(name: String, digest: String, release: String = "", isConfigured: Bool = false) {
        self.name = name
        self.digest = digest
        self.release = release
        self.isConfigured = isConfigured
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, name)
        writer.write(2, digest)
        writer.write(3, release)
        writer.write(4, isConfigured)
    }

    /// What people call it.
    public var releaseName: String { release.utf8.isEmpty ? name : release }

    public init(from reader: inout WireReader) throws(WireError) {
        (name, digest, release, isConfigured) = ("", "", "", false)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.text()
            case 2: digest = try field.text()
            case 3: release = try field.text()
            case 4: isConfigured = try field.flag()
            default: break
            }
        }
    }
}
