import ArgumentParser
import FleetModel
import Foundation
import RolloutSpec

/// What to roll out.
struct SpecOptions: ParsableArguments {
    @Option(
        help: "The spec; by default rollout.yaml beside the inventory.", completion: .file(extensions: ["yaml", "yml"]))
    var spec: String?

    /// The spec, and the folder that its paths are relative to.
    func load(beside directory: String) throws -> (spec: RolloutSpec, directory: String) {
        let path = spec ?? (directory == "." || directory == "./" ? "" : directory) + "rollout.yaml"
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure(
                "the spec '\(path)' can't be read", hint: "write one beside the inventory, or name another with --spec",
                status: .usage
            )
        }
        do {
            let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
            return (
                try RolloutSpec(text: String(decoding: bytes, as: UTF8.self), file: path),
                absolute(folder, in: FileManager.default.currentDirectoryPath)
            )
        } catch { throw Failure(error) }
    }
}
