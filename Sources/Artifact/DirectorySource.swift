import AgentProtocol
import Foundation

/// Reads the tree of a directory, but not yet the contents of its files.
struct DirectorySource {
    private let root: [UInt8]
    private let context: ArtifactContext

    init(_ path: String, _ context: ArtifactContext) {
        root = Array(path.utf8)
        self.context = context
    }

    func tree() throws(ArtifactError) -> SourceTree {
        var tree = SourceTree(context)
        var pending: [[UInt8]] = [[]]
        while let directory = pending.popLast() {
            for name in try names(in: directory) {
                let path = directory.isEmpty ? name : directory + [UInt8(ascii: "/")] + name
                let node = try node(at: path)
                try tree.add(node)
                if case .directory = node.entry.content { pending.append(path) }
            }
        }
        return tree
    }

    private func location(of path: [UInt8]) -> [UInt8] { path.isEmpty ? root : root + [UInt8(ascii: "/")] + path }

    private func names(in directory: [UInt8]) throws(ArtifactError) -> [[UInt8]] {
        guard let stream = opendir(cString(location(of: directory))) else {
            throw context.error(SystemError("list it"), at: directory.isEmpty ? nil : directory)
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            // The only way to tell an error from the end (readdir(3)).
            errno = 0
            guard let item = readdir(stream) else { break }
            let name = withUnsafeBytes(of: &item.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
        }
        guard errno == 0 else { throw context.error(SystemError("list it"), at: directory) }
        return names
    }

    private func node(at path: [UInt8]) throws(ArtifactError) -> SourceTree.Node {
        let location = location(of: path)
        var status = stat()
        guard lstat(cString(location), &status) == 0 else { throw context.error(SystemError("stat it"), at: path) }
        let mode = UInt32(status.st_mode) & CanonicalArchive.maximumMode
        switch status.type {
        case S_IFDIR:
            // Set-group-id on a directory only says whose group new files get; a release needs none of it.
            return .init(entry: ArchiveEntry(path: path, content: .directory(mode: mode)), content: .none)
        case S_IFREG:
            guard status.st_mode & (S_ISUID | S_ISGID) == 0 else { throw context.error(.specialModeBits, at: path) }
            let stamp = FileStamp(status)
            let entry = ArchiveEntry(path: path, content: .file(mode: mode, size: stamp.size))
            return .init(entry: entry, content: .file(location, stamp))
        case S_IFLNK:
            let target = try linkTarget(at: path)
            return .init(entry: ArchiveEntry(path: path, content: .symlink(target: target)), content: .none)
        case S_IFIFO: throw context.error(.namedPipe, at: path)
        case S_IFBLK, S_IFCHR: throw context.error(.device, at: path)
        default: throw context.error(.unsupportedType, at: path)
        }
    }

    private func linkTarget(at path: [UInt8]) throws(ArtifactError) -> [UInt8] {
        var target = [CChar](repeating: 0, count: ArchivePath.maximumBytes + 1)
        let count = readlink(cString(location(of: path)), &target, target.count)
        guard count >= 0 else { throw context.error(SystemError("read the link"), at: path) }
        return target.prefix(count).map(UInt8.init(bitPattern:))
    }
}
