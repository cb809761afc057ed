import ArgumentParser
import FleetModel
import Foundation
import RolloutStore

/// Where rollouts are kept.
struct StateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where rollouts are kept; by default .coord beside the inventory, or in the current folder.",
            valueName: "folder"),
        completion: .directory)
    var state: String?

    /// The state directory of a project in `directory`.
    func directory(in directory: String = FileManager.default.currentDirectoryPath) -> String {
        state.map { absolute($0) } ?? absolute(".coord", in: absolute(directory))
    }

    /// What `@failed` means there.
    func failedHosts(of service: ServiceName, in directory: String) -> FailedHosts {
        FailedHosts(stateDirectory: self.directory(in: directory), service: service)
    }

    /// The store there, created where there is none.
    func open(in directory: String) throws -> SQLiteStore {
        try open(at: self.directory(in: directory))
    }

    /// The store there; nil where there is none, or it can't be read.
    func openIfPresent(in directory: String) -> SQLiteStore? {
        let path = self.directory(in: directory)
        return FileManager.default.fileExists(atPath: path) ? try? open(at: path) : nil
    }

    private func open(at path: String) throws -> SQLiteStore {
        do { return try SQLiteStore(directory: path) } catch { throw Failure(error) }
    }

    /// The store of the current folder, or of `--state`; asking creates nothing.
    func openExisting() throws -> SQLiteStore {
        let directory = directory()
        guard FileManager.default.fileExists(atPath: directory) else {
            throw Failure(
                "no rollout has been begun here: there is no '\(directory)'",
                hint: "coord rollout keeps rollouts in .coord beside the inventory; --state names another folder",
                status: .usage)
        }
        return try open(at: directory)
    }

    /// What a command typed in the current folder needs to find this state: ` --state envs/.coord`, or nothing.
    func argument(in directory: String) -> String {
        let path = self.directory(in: directory)
        return path == absolute(".coord") ? "" : " --state \(path)"
    }
}
