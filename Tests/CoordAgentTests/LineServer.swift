import Foundation
import Glibc
import Testing

/// Reads a line from every connection and answers it, at a unix socket or a free port of the loopback; on the line
/// `wait` it says nothing until it is stopped.
final class LineServer {
    let port: UInt16
    private let socket: Int32

    /// - Parameters:
    ///   - path: A unix socket's; nil for a port.
    ///   - answer: To a line, without its end.
    init(path: String? = nil, answer: @escaping @Sendable (String) -> String) throws {
        let socket = Glibc.socket(
            path == nil ? AF_INET : AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.socket = socket
        if let path {
            port = 0
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            try #require(Self.bind(socket, &address))
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            try #require(Self.bind(socket, &address))
            port = UInt16(bigEndian: address.sin_port)
        }
        Thread.detachNewThread {
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0 else { return }
                var line: [UInt8] = []
                var byte: UInt8 = 0
                while recv(connection, &byte, 1, 0) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
                // Left open; it ends with the process.
                if line.elementsEqual("wait".utf8) { continue }
                let bytes = Array(answer(String(decoding: line, as: UTF8.self)).utf8)
                send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                close(connection)
            }
        }
    }

    private static func bind<Address>(_ socket: Int32, _ address: inout Address) -> Bool {
        var size = socklen_t(MemoryLayout<Address>.size)
        return withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(socket, $0, size) == 0 && listen(socket, 16) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
    }

    deinit { shutdown(socket, Int32(SHUT_RDWR)) }
}
