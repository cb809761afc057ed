/// The rules for paths and links in a release, the same where it is packed and where it is unpacked.
public enum ArchivePath {
    /// PATH_MAX (limits.h), without its zero byte.
    public static let maximumBytes = 4095
    /// NAME_MAX (limits.h).
    public static let maximumNameBytes = 255

    static let slash = UInt8(ascii: "/")
    private static let dot: [UInt8] = [0x2E]
    private static let dotDot: [UInt8] = [0x2E, 0x2E]

    /// What makes this a path that no release may hold, or nil.
    public static func problem(with path: [UInt8]) -> ArchiveError.Problem? {
        if path.count > maximumBytes { return .pathTooLong }
        if path.contains(0) { return .zeroByteInPath }
        if path.first == slash { return .absolutePath }
        for name in components(of: path) {
            if name.isEmpty || name.elementsEqual(dot) { return .emptyComponent }
            if name.elementsEqual(dotDot) { return .parentInPath }
            if name.count > maximumNameBytes { return .pathTooLong }
        }
        return nil
    }

    /// What makes this a link that no release may hold, or nil.
    ///
    /// A target is some `..`, no more than the link is deep, and then names. So it climbs through real directories only
    /// (an archive holds nothing below a link) and goes down from inside the release; by induction over the links that
    /// it passes it ends inside. With `..` after a name it might climb from where another link leads.
    public static func problem(withLinkAt path: [UInt8], to target: [UInt8]) -> ArchiveError.Problem? {
        if target.isEmpty { return .emptyLink }
        if target.count > maximumBytes { return .pathTooLong }
        if target.contains(0) { return .zeroByteInPath }
        if target.first == slash { return .absoluteLink }
        var depth = components(of: path).count - 1
        var hasName = false
        for name in components(of: target) where !name.isEmpty && !name.elementsEqual(dot) {
            guard name.elementsEqual(dotDot) else {
                hasName = true
                continue
            }
            depth -= 1
            if hasName || depth < 0 { return .linkLeavesRelease }
        }
        return nil
    }

    /// The order of an archive: that of a walk which visits a directory, then all in it by the names' bytes. It is the
    /// order of the bytes with the slash before all others.
    public static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        for (a, b) in zip(left, right) where a != b {
            return a == slash || (b != slash && a < b)
        }
        return left.count < right.count
    }

    /// The directory that holds `path`; empty where that is the release's own.
    public static func parent(of path: [UInt8]) -> [UInt8] {
        guard let index = path.lastIndex(of: slash) else { return [] }
        return Array(path[..<index])
    }

    /// Is `path` this directory, or in it at any depth?
    static func isSame(_ path: [UInt8], orIn directory: [UInt8]) -> Bool {
        guard !directory.isEmpty else { return true }
        return path.starts(with: directory) && (path.count == directory.count || path[directory.count] == slash)
    }

    private static func components(of path: [UInt8]) -> [ArraySlice<UInt8>] {
        path.split(separator: slash, omittingEmptySubsequences: false)
    }
}
