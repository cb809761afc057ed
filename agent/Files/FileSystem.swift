import CAgentShim
import Glibc

/// Small reads and changes of the file system, by path.
enum FileSystem {
    /// A file's bytes, at most the last `maximumBytes`; nil where there is no such file.
    static func read(_ path: String, maximumBytes: Int) throws(SystemError) -> [UInt8]? {
        let file = agent_open(AT_FDCWD, path, O_RDONLY, 0)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw SystemError(errno, "cannot open \(path)")
        }
        defer { close(file) }
        let size = Int(lseek(file, 0, SEEK_END))
        // proc(5) files have no size and may not seek.
        lseek(file, off_t(max(0, size - maximumBytes)), SEEK_SET)
        var content: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while content.count < maximumBytes {
            let count = Glibc.read(file, &part, min(part.count, maximumBytes - content.count))
            guard count >= 0 else { throw SystemError(errno, "cannot read \(path)") }
            if count == 0 { break }
            content += part[..<count]
        }
        return content
    }

    /// The first line of a small file, empty where it cannot be read.
    static func firstLine(_ path: String) -> String {
        guard let content = try? read(path, maximumBytes: 256) else { return "" }
        return String(decoding: content.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    static func write(_ content: [UInt8], to file: Int32, at place: String) throws(SystemError) {
        var rest = content[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw SystemError(errno, "cannot write \(place)") }
            rest = rest.dropFirst(count)
        }
    }

    /// Makes a directory and those it lies in; what exists already stays as it is.
    static func makeDirectory(_ path: String, mode: mode_t) throws(SystemError) {
        guard mkdir(path, mode) != 0, errno != EEXIST else { return }
        let parent = parent(of: path)
        guard errno == ENOENT, parent != path else { throw SystemError(errno, "cannot make directory \(path)") }
        try makeDirectory(parent, mode: 0o755)
        guard mkdir(path, mode) == 0 || errno == EEXIST else {
            throw SystemError(errno, "cannot make directory \(path)")
        }
        // So that a power cut cannot take the directory's own name away under files that are synced within it.
        try synchronizeDirectory(parent)
    }

    static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// The last component of a path.
    static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// The deepest directory of a path that is there: its disk is the one the path would be on.
    static func existing(_ path: String) -> String {
        var path = path
        while path != "/", !path.utf8.isEmpty, !isDirectory(path) { path = parent(of: path) }
        return path.utf8.isEmpty ? "/" : path
    }

    /// Names in a directory, without `.` and `..`, in no order; none where there is no such directory.
    static func names(in path: String) throws(SystemError) -> [String] {
        guard let directory = opendir(path) else {
            if errno == ENOENT { return [] }
            throw SystemError(errno, "cannot list \(path)")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = String(cString: agent_entry_name(entry))
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Makes the names in a directory durable (fsync(2) on it).
    static func synchronizeDirectory(_ path: String) throws(SystemError) {
        let directory = agent_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0)
        guard directory >= 0 else { throw SystemError(errno, "cannot open \(path)") }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw SystemError(errno, "cannot sync \(path)") }
    }

    /// A symbolic link's text; nil where there is nothing.
    static func linkText(_ path: String) throws(SystemError) -> String? {
        var text = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = text.withUnsafeMutableBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) { chars in
                chars.baseAddress.map { readlink(path, $0, chars.count) } ?? -1
            }
        }
        if count < 0, errno == ENOENT { return nil }
        guard count >= 0 else { throw SystemError(errno, "cannot read the link \(path)") }
        return String(decoding: text[..<count], as: UTF8.self)
    }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Nanoseconds since 1970 of the last change to a file's content, 0 where there is none.
    static func modified(_ path: String) -> Int {
        var status = stat()
        guard lstat(path, &status) == 0 else { return 0 }
        return status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec
    }
}
