import ArgumentParser
import Foundation
import RolloutStore

/// Where rollouts are kept.
struct StateOptions: ParsableArguments {
    @Option(
        help: "Where rollouts are kept; by default .coord beside the inventory, or in the current folder.",
        completion: .directory)
    var state: String?

    /// The state directory of a project in `directory`.
    func directory(in directory: String = FileManager.default.currentDirectoryPath) -> String {
        if let state { return absolute(state, in: FileManager.default.currentDirectoryPath) }
        return absolute(directory, in: FileManager.default.currentDirectoryPath) + "/.coord"
    }

    /// The store there, created where there is none.
    func open(in directory: String = FileManager.default.currentDirectoryPath) throws -> SQLiteStore {
        do { return try SQLiteStore(directory: self.directory(in: directory)) } catch { throw Failure(error) }
    }
}

/// `path` from the root on, whatever the current folder becomes.
func absolute(_ path: String, in directory: String) -> String {
    let whole = path.hasPrefix("/") ? path : directory + "/" + path
    return URL(filePath: whole).standardizedFileURL.path(percentEncoded: false).droppingTrailingSlash
}

extension String {
    fileprivate var droppingTrailingSlash: String { count > 1 && hasSuffix("/") ? String(dropLast()) : self }
}
