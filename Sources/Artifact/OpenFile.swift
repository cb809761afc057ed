import Foundation

/// A failed system call.
struct SystemError: Error {
    let code: Int32
    /// What was tried: `read`, `write '/some/file'`.
    let action: String

    init(_ action: String, code: Int32 = errno) {
        self.action = action
        self.code = code
    }

    var description: String { "cannot \(action): \(String(cString: strerror(code)))" }

    var remedy: String? {
        switch code {
        case ENOENT: "build it, or correct the path"
        case EACCES, EPERM: "make it readable for the user who runs this"
        case ENOSPC, EDQUOT: "free some space; packing needs about the artifact's size, unpacked and packed"
        default: nil
        }
    }
}

/// A file descriptor that closes with its last owner. Safe to share: all it has is a number that never changes.
final class OpenFile: Sendable {
    let descriptor: Int32

    init(_ path: [UInt8], flags: Int32) throws(SystemError) {
        descriptor = open(cString(path), flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open it") }
    }

    /// A new file with an unused name, only for its owner: `prefix` and six letters; returns that name too.
    static func temporary(prefix: String) throws(SystemError) -> (file: OpenFile, path: String) {
        var name = cString(Array((prefix + "XXXXXX").utf8))
        let descriptor = mkstemp(&name)
        guard descriptor >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
            throw SystemError("create a file at '\(prefix)'")
        }
        let path = name.dropLast().map(UInt8.init(bitPattern:))
        return (OpenFile(descriptor: descriptor), String(decoding: path, as: UTF8.self))
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    func status() throws(SystemError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError("stat it") }
        return status
    }

    /// Fills `range` of `bytes`, or less of it, from `offset` on; 0 at the end of the file.
    func read(into bytes: inout [UInt8], _ range: Range<Int>, at offset: UInt64) throws(SystemError) -> Int {
        try bytes.withUnsafeMutableBufferPointer { space throws(SystemError) in
            let part = UnsafeMutableBufferPointer(rebasing: space[range])
            while true {
                let count = pread(descriptor, part.baseAddress, part.count, off_t(clamping: offset))
                if count >= 0 { return count }
                guard errno == EINTR else { throw SystemError("read it") }
            }
        }
    }

    /// All of `bytes`, at `offset`.
    func write(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(SystemError) {
        try bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
            try write(UnsafeRawBufferPointer(bytes), at: offset)
        }
    }

    /// All of `bytes`, at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(SystemError) {
        var rest = bytes[...]
        var position = offset
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = pwrite(descriptor, part.baseAddress, part.count, off_t(clamping: position))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write its packed form", code: count < 0 ? errno : EIO) }
            rest = rest.dropFirst(count)
            position += UInt64(count)
        }
    }
}

/// A path as the kernel takes it; paths are bytes, which need not be UTF-8.
func cString(_ path: [UInt8]) -> [CChar] { path.map(CChar.init(bitPattern:)) + [0] }
