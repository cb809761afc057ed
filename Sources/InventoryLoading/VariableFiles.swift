import FleetModel
import Foundation
import Inventory

/// The files in a folder `group_vars` or `host_vars`, found by the name of the group or host.
struct VariableFiles {
    private static let extensions = [".yml", ".yaml", ".json"]
    /// The files of one group or host.
    private static let maximumFiles = 10_000
    /// Folders inside each other.
    private static let maximumDepth = 16

    private let directory: String
    /// Read once: a fleet has far more hosts than such a folder has files.
    private let names: Set<String>

    /// Nil where there is no such folder.
    ///
    /// - Throws: where it can't be read.
    init?(_ directory: String) throws(Diagnostic) {
        guard FileKind(of: directory) == .directory else { return nil }
        self.directory = directory
        names = Set(try SourceDirectory.names(in: directory))
    }

    /// The files that set variables of `name`, those that override last.
    ///
    /// The first of `name`, `name.yml`, `name.yaml` and `name.json` that is there; a folder stands for all in it.
    func files(of name: String) throws(Diagnostic) -> [String] {
        guard let found = ([""] + Self.extensions).lazy.map({ name + $0 }).first(where: names.contains) else {
            return []
        }
        let path = SourceDirectory.joined(directory, found)
        guard FileKind(of: path) == .directory else { return [path] }
        var files: [String] = []
        try Self.add(path, depth: 0, to: &files)
        return files
    }

    private static func add(_ directory: String, depth: Int, to files: inout [String]) throws(Diagnostic) {
        guard depth < maximumDepth else {
            throw Diagnostic(
                "'\(directory)' is more than \(maximumDepth) folders deep",
                hint: "does a link lead back to a folder above it?")
        }
        for name in try SourceDirectory.names(in: directory) where !name.hasPrefix(".") && !name.hasSuffix("~") {
            let path = SourceDirectory.joined(directory, name)
            let ending = (name as NSString).pathExtension
            switch FileKind(of: path) {
            case .directory where ending.isEmpty: try add(path, depth: depth + 1, to: &files)
            case .regular where ending.isEmpty || extensions.contains("." + ending):
                guard files.count < maximumFiles else {
                    throw Diagnostic("'\(directory)' holds more than \(maximumFiles) files")
                }
                files.append(path)
            default: continue
            }
        }
    }
}
