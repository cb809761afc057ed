import Crypto
import FoundationEssentials
import Glibc

/// One known_hosts file that keys are added to.
struct KnownHostsFile: Sendable {
    let path: String

    /// Adds lines for keys that the file does not hold yet, in one write under a lock; hashed where the file hashes its
    /// names. Nothing that is there is changed. True where something was added.
    func record(_ keys: [(name: KnownHostName, key: HostKey)]) throws(FileProblem) -> Bool {
        try makeDirectory()
        let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileProblem(errno: errno) }
        defer { close(descriptor) }
        // ssh(1) takes no lock, but another of us may be adding the same host.
        while flock(descriptor, LOCK_EX) != 0 { guard errno == EINTR else { throw FileProblem(errno: errno) } }
        let bytes = try TextFile(path: path).bytes
        var present = KnownHosts()
        present.add(String(decoding: bytes, as: UTF8.self), file: path)
        let isHashed = present.entries.contains { if case .hashed = $0.hosts { true } else { false } }
        let lines = keys.filter { present.keys($0.name).verdict(on: $0.key) != .known }
            .map { line(for: $0.key, as: $0.name, isHashed: isHashed) }
        guard !lines.isEmpty else { return false }
        let isCutOff = bytes.last.map { $0 != UInt8(ascii: "\n") } ?? false
        try write((isCutOff ? "\n" : "") + lines.joined(), to: descriptor)
        return true
    }

    private func line(for key: HostKey, as name: KnownHostName, isHashed: Bool) -> String {
        let field = isHashed ? HostMatcher.hashedField(for: name) : name.text
        return "\(field) \(key.type) \(Data(key.blob).base64EncodedString())\n"
    }

    /// `~/.ssh` as ssh makes it; other directories are the user's business.
    private func makeDirectory() throws(FileProblem) {
        guard let end = path.lastIndex(of: "/"), end > path.startIndex else { return }
        guard mkdir(String(path[..<end]), 0o700) == 0 || errno == EEXIST else { throw FileProblem(errno: errno) }
    }

    /// One write(2) on a file opened for appending stands in one piece; what a full disk takes in part is an error.
    private func write(_ text: String, to descriptor: Int32) throws(FileProblem) {
        let bytes = Array(text.utf8)
        let count = Glibc.write(descriptor, bytes, bytes.count)
        guard count >= 0 else { throw FileProblem(errno: errno) }
        guard count == bytes.count else { throw FileProblem(errno: ENOSPC) }
    }
}
