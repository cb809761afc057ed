import AgentProtocol

/// What a release will hold and where its contents are, from whatever source; checked, and in the archive's order.
struct SourceTree {
    struct Node {
        var entry: ArchiveEntry
        var content: Content
    }

    enum Content {
        case none
        /// In the spool, from this offset on.
        case spooled(UInt64)
        /// In a file that must still be as it was when the tree was read.
        case file([UInt8], FileStamp)
    }

    private let context: ArtifactContext
    private var nodes: [[UInt8]: Node] = [:]

    init(_ context: ArtifactContext) { self.context = context }

    mutating func add(_ node: Node) throws(ArtifactError) {
        let path = node.entry.path
        if let problem = node.entry.problem { throw context.error(problem, at: path) }
        guard nodes.count < CanonicalArchive.maximumEntries else { throw context.error(.tooManyEntries, at: path) }
        if let other = nodes.updateValue(node, forKey: path) {
            // Some programs list a directory again; as in tar, the last listing counts.
            guard case .directory = other.entry.content, case .directory = node.entry.content else {
                throw context.error(.notSorted, at: path)
            }
        }
    }

    /// Adds a copy of what `target` is, which must be there already: a hard link in an archive.
    mutating func addCopy(of target: [UInt8], at path: [UInt8]) throws(ArtifactError) {
        guard var node = nodes[target] else { throw context.error(.hardLink, at: path) }
        if case .directory = node.entry.content { throw context.error(.hardLink, at: path) }
        node.entry.path = path
        try add(node)
    }

    /// All nodes in order, with directories that no one listed (mode 0755).
    func sorted() throws(ArtifactError) -> [Node] {
        guard !nodes.isEmpty else {
            throw context.error("holds nothing", remedy: "check that the build put its files there")
        }
        var all = nodes
        for path in nodes.keys {
            var parent = ArchivePath.parent(of: path)
            while !parent.isEmpty, all[parent] == nil {
                let entry = ArchiveEntry(path: parent, content: .directory(mode: 0o755))
                all[parent] = Node(entry: entry, content: .none)
                parent = ArchivePath.parent(of: parent)
            }
            guard isDirectory(parent, in: all) else { throw context.error(.parentNotDirectory, at: path) }
        }
        return all.values.sorted { ArchivePath.precedes($0.entry.path, $1.entry.path) }
    }

    private func isDirectory(_ path: [UInt8], in nodes: [[UInt8]: Node]) -> Bool {
        guard !path.isEmpty else { return true }
        if case .directory = nodes[path]?.entry.content { return true }
        return false
    }
}
