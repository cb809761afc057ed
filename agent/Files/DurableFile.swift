import AgentProtocol
import CAgentShim
import Glibc

/// A small file that is old or new, whole, after any crash: written beside, synced, renamed over, the directory synced.
enum DurableFile {
    private static let maximumBytes = 2 << 20

    static func write(_ message: some WireMessage, to path: String) throws(SystemError) {
        try write(WireWriter.encode(message), to: path)
    }

    static func write(_ content: [UInt8], to path: String) throws(SystemError) {
        let temporary = path + ".new"
        let file = agent_open(AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw SystemError(errno, "cannot make \(temporary)") }
        do throws(SystemError) {
            defer { close(file) }
            try FileSystem.write(content, to: file, at: temporary)
            guard fsync(file) == 0 else { throw SystemError(errno, "cannot sync \(temporary)") }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else { throw SystemError(errno, "cannot rename \(temporary)") }
        try FileSystem.synchronizeDirectory(FileSystem.parent(of: path))
    }

    /// The message in a file, nil where there is none.
    static func read<Message: WireMessage>(
        _ path: String, as type: Message.Type = Message.self
    ) throws(SystemError) -> Message? {
        guard let content = try FileSystem.read(path, maximumBytes: maximumBytes) else { return nil }
        do throws(WireError) {
            return try WireReader.decode(content[...], as: type)
        } catch {
            throw SystemError(EBADMSG, "\(path) is damaged")
        }
    }
}
