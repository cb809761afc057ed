import FleetModel
import InputFiles
import Foundation
import InputFiles

/// What was kept of a rollout's failures: a file for each host that failed, and what they have in common. For its owner
/// alone; a service may have logged anything.
public struct EvidenceFolder: Sendable {
    /// Of one host's file, in bytes: what comes later is left out.
    static let maximumBytes = 1 << 20

    /// Absolute, or as the state directory was given.
    public let path: String

    /// The folder of a rollout, in the state directory; it is made when there is something to keep.
    public init(of rollout: RolloutID, in stateDirectory: String) {
        path = "\(stateDirectory)/evidence/\(rollout)"
    }

    /// There is something in it.
    public var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// What hosts that failed have in common, the likeliest first.
    public var suspects: [String] {
        guard let text = try? InputFile.read(suspectsPath, maximumBytes: Self.maximumBytes) else { return [] }
        return String(decoding: text, as: UTF8.self).printable(maximumBytes: Self.maximumBytes)
            .split(whereSeparator: \.isNewline).map(String.init)
    }

    /// Where a host's evidence is kept.
    public func file(of host: HostName) -> String { "\(path)/\(host).txt" }

    private var suspectsPath: String { "\(path)/suspects" }

    /// Appends, so that a second failure does not cover the first.
    /// - Throws: what the system says.
    func add(_ text: String, of host: HostName) throws {
        let (path, bytes) = (file(of: host), Data(text.utf8))
        let handle = try open(path)
        defer { try? handle.close() }
        let size = try handle.seekToEnd()
        guard size + UInt64(bytes.count) <= UInt64(Self.maximumBytes) else { return }
        try handle.write(contentsOf: bytes)
    }

    /// - Throws: what the system says.
    func keep(suspects: [String]) throws {
        let handle = try open(suspectsPath)
        defer { try? handle.close() }
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(suspects.map { $0 + "\n" }.joined().utf8))
    }

    private func open(_ file: String) throws -> FileHandle {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        if !FileManager.default.fileExists(atPath: file) {
            // Where that fails, opening it tells why.
            _ = FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        return try FileHandle(forUpdating: URL(filePath: file))
    }
}
