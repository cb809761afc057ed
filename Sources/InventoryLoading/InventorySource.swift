import Foundation

/// One inventory as a person names it: a file, a folder, a program, or the hosts themselves.
public enum InventorySource: Hashable, Sendable {
    case path(String)
    /// `web1,web2,`: whatever has a comma and is no file.
    case hostList(String)

    /// What the argument of `-i` means.
    public init(_ argument: String) {
        let isList = argument.contains(",") && !FileManager.default.fileExists(atPath: argument)
        self = isList ? .hostList(argument) : .path(argument)
    }

    /// Whether there is such a file or folder; a list of hosts needs none.
    public var exists: Bool { if case .path(let path) = self { FileKind(of: path) != .missing } else { true } }

    /// The folder beside or in which the source's `group_vars` and `host_vars` are; nil for a list of hosts.
    var variablesDirectory: String? {
        guard case .path(let path) = self else { return nil }
        return FileKind(of: path) == .directory ? path : directory
    }

    /// The folder that the source lies in, as the person named it; empty for the current one.
    ///
    /// A rollout's spec and state are kept there: not inside a folder of inventories, each of whose files is one.
    public var directory: String {
        guard case .path(let path) = self else { return "" }
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        return (trimmed as NSString).deletingLastPathComponent
    }
}
