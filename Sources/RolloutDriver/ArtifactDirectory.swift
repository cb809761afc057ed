import FleetModel
import Foundation

/// Where packed artifacts are kept, so that a rollout can be resumed after the build directory has moved on.
public struct ArtifactDirectory: Sendable {
    /// Packed artifacts that are kept beside those in use: the newest.
    static let keptCount = 5
    /// What a packing that was cut short has left; younger files may be under way in another process.
    static let abandonedAfter: TimeInterval = 24 * 3600

    public let path: String

    /// The artifacts of a state directory.
    public init(in stateDirectory: String) { path = stateDirectory + "/artifacts" }

    /// Removes old artifacts but those of `inUse`, and what was left half packed. What can't be removed stays.
    public func prune(inUse: Set<Digest>, now: Date = Date()) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let files = names.map { (name: $0, modified: modified($0)) }.sorted { $0.modified > $1.modified }
        let packed = files.filter { file in
            file.name.hasSuffix(".tar.zst") && !inUse.contains { file.name.hasPrefix($0.hex) }
        }
        let abandoned = files.filter { file in
            (file.name.hasPrefix(".packing-") || file.name.hasPrefix(".unpacking-"))
                && now.timeIntervalSince(file.modified) > Self.abandonedAfter
        }
        for file in packed.dropFirst(Self.keptCount) + abandoned {
            try? FileManager.default.removeItem(atPath: path + "/" + file.name)
        }
    }

    private func modified(_ name: String) -> Date {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path + "/" + name)
        return attributes?[.modificationDate] as? Date ?? .distantPast
    }
}
