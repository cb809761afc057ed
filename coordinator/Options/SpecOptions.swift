import ArgumentParser
import FleetModel
import Foundation
import RolloutSpec

/// What to roll out.
struct SpecOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("What to roll out; by default rollout.yaml beside the inventory.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var spec: String?

    /// The spec, and the folder that its paths are relative to.
    func load(beside directory: String) throws -> (spec: RolloutSpec, directory: String) {
        let path = spec ?? (directory as NSString).appendingPathComponent("rollout.yaml")
        let text = try readText(path, hint: "write a spec beside the inventory, or name another with --spec")
        let folder = (path as NSString).deletingLastPathComponent
        do { return (try RolloutSpec(text: text, file: path), absolute(folder)) } catch { throw Failure(error) }
    }

    /// The same; nil where none is named and there is none beside the inventory.
    func loadIfPresent(beside directory: String) throws -> (spec: RolloutSpec, directory: String)? {
        let path = (directory as NSString).appendingPathComponent("rollout.yaml")
        guard spec != nil || FileManager.default.fileExists(atPath: path) else { return nil }
        return try load(beside: directory)
    }
}
