import AgentProtocol
import CAgentShim
import Glibc

/// What a rollout did on this host: a file that only grows. A record is its length and its checksum (4 bytes each, big
/// endian), then its bytes; what a crash tore off at the end is cut when the file is opened.
final class Ledger {
    static let maximumBytes = 16 << 20
    private static let headerBytes = 8

    private let path: String
    private let file: Int32

    /// Opens a ledger, made where there is none, and reads what it holds.
    static func open(_ path: String) throws(SystemError) -> (ledger: Ledger, records: [LedgerRecord]) {
        let file = agent_open(AT_FDCWD, path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw SystemError(errno, "cannot open \(path)") }
        let ledger = Ledger(path: path, file: file)
        let content = try FileSystem.read(path, maximumBytes: maximumBytes) ?? []
        let (records, wholeBytes) = parse(content)
        if wholeBytes < content.count {
            Log.write("\(path): cutting \(content.count - wholeBytes) bytes that a crash left unfinished")
            guard ftruncate(file, off_t(wholeBytes)) == 0, fdatasync(file) == 0 else {
                throw SystemError(errno, "cannot cut \(path)")
            }
        }
        try FileSystem.synchronizeDirectory(FileSystem.parent(of: path))
        return (ledger, records)
    }

    private init(path: String, file: Int32) { (self.path, self.file) = (path, file) }

    deinit { close(file) }

    /// The whole records at the start of `content`, and how many bytes they take.
    static func parse(_ content: [UInt8]) -> (records: [LedgerRecord], wholeBytes: Int) {
        var records: [LedgerRecord] = []
        var start = 0
        while content.count - start >= headerBytes {
            let length = Int(number(content, at: start))
            let bodyStart = start + headerBytes
            guard length <= content.count - bodyStart else { break }
            let body = Array(content[bodyStart..<bodyStart + length])
            guard Checksum.of(body) == number(content, at: start + 4),
                let record = try? WireReader.decode(body[...], as: LedgerRecord.self)
            else { break }
            records.append(record)
            start = bodyStart + length
        }
        return (records, start)
    }

    /// Adds records; they are on the disk when this returns, unless `isDurable` is false.
    func append(_ records: [LedgerRecord], isDurable: Bool = true) throws(SystemError) {
        var bytes: [UInt8] = []
        for record in records { bytes += Self.frame(record) }
        let end = lseek(file, 0, SEEK_END)
        guard end >= 0, Int(end) + bytes.count <= Self.maximumBytes else {
            throw SystemError(EFBIG, "cannot add to \(path)")
        }
        do throws(SystemError) {
            try FileSystem.write(bytes, to: file, at: path)
            guard !isDurable || fdatasync(file) == 0 else { throw SystemError(errno, "cannot sync \(path)") }
        } catch {
            // Half a record would hide all that come after it.
            ftruncate(file, end)
            throw error
        }
    }

    static func frame(_ record: LedgerRecord) -> [UInt8] {
        let body = WireWriter.encode(record)
        return bytes(UInt32(body.count)) + bytes(Checksum.of(body)) + body
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        ([24, 16, 8, 0] as [UInt32]).map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static func number(_ content: [UInt8], at index: Int) -> UInt32 {
        content[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
