import AgentProtocol
import CAgentShim
import Glibc

/// The kernel's table of TCP connections (proc(5), `/proc/net/tcp`): there on every kernel, also where no module for
/// asking by netlink can be loaded.
enum ConnectionTable {
    /// Of one table: a million connections and more.
    private static let maximumBytes = 256 << 20

    /// States as the kernel numbers them (include/net/tcp_states.h).
    private static let established = 1, closeWait = 8

    static func count(localPort: UInt16) throws(SystemError) -> ConnectionCount {
        var count = ConnectionCount(established: 0, closeWait: 0)
        for path in ["/proc/net/tcp", "/proc/net/tcp6"] {
            try forEachLine(of: path) { line in
                guard let entry = entry(line), entry.localPort == localPort else { return }
                if entry.state == established { count.established += 1 }
                if entry.state == closeWait { count.closeWait += 1 }
            }
        }
        return count
    }

    /// Of a line such as `  0: 0100007F:1F90 00000000:0000 0A …`; nil for the heading.
    static func entry(_ line: ArraySlice<UInt8>) -> (localPort: UInt16, state: Int)? {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 4)
        guard words.count > 3, let colon = words[1].lastIndex(of: UInt8(ascii: ":")),
            let port = UInt16(String(decoding: words[1][(colon + 1)...], as: UTF8.self), radix: 16),
            let state = Int(String(decoding: words[3], as: UTF8.self), radix: 16)
        else { return nil }
        return (port, state)
    }

    /// Line by line: the table of a busy balancer is larger than the agent ought to be. Nothing where there is no such
    /// table (IPv6 is switched off).
    private static func forEachLine(
        of path: String, _ body: (ArraySlice<UInt8>) -> Void
    ) throws(SystemError) {
        let file = agent_open(AT_FDCWD, path, O_RDONLY, 0)
        guard file >= 0 else {
            if errno == ENOENT { return }
            throw SystemError(errno, "cannot open \(path)")
        }
        defer { close(file) }
        var part = [UInt8](repeating: 0, count: 64 << 10)
        var rest: [UInt8] = []
        var total = 0
        while total <= maximumBytes {
            let count = read(file, &part, part.count)
            guard count >= 0 else { throw SystemError(errno, "cannot read \(path)") }
            if count == 0 { return }
            total += count
            rest += part[..<count]
            var start = rest.startIndex
            while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                body(rest[start..<end])
                start = end + 1
            }
            rest.removeFirst(start)
        }
        throw SystemError(EFBIG, "cannot read \(path)")
    }
}
