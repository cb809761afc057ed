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
        let path = path(beside: directory)
        let text = try text(beside: directory)
        let folder = (path as NSString).deletingLastPathComponent
        do { return (try RolloutSpec(text: text, file: path), absolute(folder)) } catch { throw Failure(error) }
    }

    /// The spec as it is written.
    func text(beside directory: String) throws -> String {
        try readText(
            path(beside: directory), hint: "write a spec beside the inventory, or name another with --spec")
    }

    private func path(beside directory: String) -> String {
        spec ?? (directory as NSString).appendingPathComponent("rollout.yaml")
    }

    /// The spec and its folder; nil where none is named and there is none beside the inventory.
    func loadIfPresent(beside directory: String) throws -> (spec: RolloutSpec, directory: String)? {
        let path = (directory as NSString).appendingPathComponent("rollout.yaml")
        guard spec != nil || FileManager.default.fileExists(atPath: path) else { return nil }
        return try load(beside: directory)
    }
}
