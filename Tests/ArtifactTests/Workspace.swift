import Artifact
import Foundation
import Testing

/// A temporary directory of one test, gone with it.
final class Workspace {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/coord-artifact-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Runs a shell script in the directory; it must succeed.
    func run(_ script: String) throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-euc", "umask 022\n" + script]
        shell.currentDirectoryURL = URL(fileURLWithPath: path)
        try shell.run()
        shell.waitUntilExit()
        try #require(shell.terminationStatus == 0, "\(script)")
    }

    func load(_ name: String) throws(ArtifactError) -> Artifact {
        try Artifact.load(self[name], storingIn: self["store"])
    }

    /// What is in the store, sorted; nothing where there is no store.
    func storedNames() throws -> [String] {
        guard FileManager.default.fileExists(atPath: self["store"]) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: self["store"]).sorted()
    }

    subscript(name: String) -> String { path + "/" + name }
}
