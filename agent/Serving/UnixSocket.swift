import CAgentShim
import Glibc

/// Making and reaching the agent's socket (unix(7)).
enum UnixSocket {
    enum Use {
        /// Bind and listen; what lay at the path is removed.
        case serving
        /// Connect, and wait where the listener has too many to accept.
        case attaching
        /// Connect, and fail where the listener has too many to accept (EAGAIN).
        case asking
    }

    /// A socket that does not block from then on.
    static func open(_ path: String, for use: Use) throws(SystemError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(ENAMETOOLONG, "cannot use socket \(path)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let isListening = use == .serving
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(AF_UNIX, use == .asking ? type | Int32(SOCK_NONBLOCK.rawValue) : type, 0)
        guard socket >= 0 else { throw SystemError(errno, "cannot make a socket") }
        if isListening { unlink(path) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                let size = socklen_t(MemoryLayout<sockaddr_un>.size)
                return isListening ? bind(socket, $0, size) : connect(socket, $0, size)
            }
        }
        guard result == 0, !isListening || (chmod(path, 0o600) == 0 && listen(socket, 64) == 0) else {
            let error = SystemError(errno, "cannot \(isListening ? "listen at" : "connect to") \(path)")
            close(socket)
            throw error
        }
        agent_set_nonblocking(socket, 1)
        return socket
    }
}
