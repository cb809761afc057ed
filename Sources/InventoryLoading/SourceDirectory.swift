import FleetModel
import Foundation

/// A folder whose files are inventories, but for those that Ansible passes over.
struct SourceDirectory {
    /// The files of one source, those of folders inside it included.
    static let maximumFiles = 20_000
    /// Folders inside each other; links may lead in circles.
    private static let maximumDepth = 16

    private(set) var files: [String] = []

    /// - Throws: where a folder can't be read, or holds too much.
    init(_ path: String) throws(Diagnostic) { try add(path, depth: 0) }

    private mutating func add(_ directory: String, depth: Int) throws(Diagnostic) {
        guard depth < Self.maximumDepth else {
            throw Diagnostic(
                "'\(directory)' is more than \(Self.maximumDepth) folders deep",
                hint: "does a link lead back to a folder above it?")
        }
        for name in try Self.names(in: directory) where !Self.isIgnored(name) {
            let path = Self.joined(directory, name)
            switch FileKind(of: path) {
            case .directory: try add(path, depth: depth + 1)
            case .other:
                // A pipe that nobody writes to would be read for ever.
                throw Diagnostic(
                    "'\(path)' is neither a file nor a folder", hint: "move it out of the inventory's folder")
            case .regular, .missing:
                guard files.count < Self.maximumFiles else {
                    throw Diagnostic("'\(directory)' holds more than \(Self.maximumFiles) files")
                }
                files.append(path)
            }
        }
    }

    /// The names in a folder, in Python's order.
    static func names(in directory: String) throws(Diagnostic) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory)
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            throw Diagnostic("the folder '\(directory)' can't be read: \(error.localizedDescription)")
        }
    }

    static func joined(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }

    /// Hidden files, folders of variables, and Ansible's `INVENTORY_IGNORE_EXTS`.
    private static func isIgnored(_ name: String) -> Bool {
        name.hasPrefix(".") || ["host_vars", "group_vars", "vars_plugins"].contains(name)
            || ignoredEndings.contains(where: name.hasSuffix)
    }

    private static let ignoredEndings = [
        ".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md", ".txt", ".rst", ".orig", ".cfg", ".retry",
    ]
}
