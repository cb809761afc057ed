import AgentProtocol
import Glibc

/// A file of the host's that is being replaced, written down before it is touched: what an agent finds at its start was
/// cut short, and is undone.
struct PendingReplacement: WireMessage {
    var path: String
    /// There was such a file before.
    var wasThere: Bool
    /// The server's command for taking the file over.
    var apply: String
    var timeoutMilliseconds: UInt64

    init(_ request: ReplaceFile, wasThere: Bool) {
        (path, self.wasThere) = (request.path, wasThere)
        (apply, timeoutMilliseconds) = (request.apply, request.timeoutMilliseconds)
    }

    func write(to writer: inout WireWriter) {
        writer.write(1, path)
        writer.write(2, wasThere)
        writer.write(3, apply)
        writer.write(4, timeoutMilliseconds)
    }

    init(from reader: inout WireReader) throws(WireError) {
        (path, wasThere, apply, timeoutMilliseconds) = ("", false, "", 0)
        while let field = try reader.next() {
            switch field.number {
            case 1: path = try field.text()
            case 2: wasThere = try field.flag()
            case 3: apply = try field.text()
            case 4: timeoutMilliseconds = try field.integer()
            default: break
            }
        }
    }

    /// Durable when it returns.
    func record(in directory: String) throws(SystemError) {
        try FileSystem.makeDirectory(directory, mode: 0o700)
        try DurableFile.write(self, to: recordPath(in: directory))
    }

    /// Durable when it returns.
    func forget(in directory: String) throws(SystemError) {
        let record = recordPath(in: directory)
        guard unlink(record) == 0 || errno == ENOENT else { throw SystemError(errno, "cannot remove \(record)") }
        try FileSystem.synchronizeDirectory(directory)
    }

    private func recordPath(in directory: String) -> String {
        directory + "/" + SHA256.hex(of: Array(path.utf8)) + Self.suffix
    }

    private static let suffix = ".pending"

    /// What was cut short.
    static func all(in directory: String) throws(SystemError) -> [PendingReplacement] {
        var found: [PendingReplacement] = []
        for name in try FileSystem.names(in: directory) where name.hasSuffix(suffix) {
            if let record = try DurableFile.read(directory + "/" + name, as: PendingReplacement.self) {
                found.append(record)
            }
        }
        return found
    }
}
