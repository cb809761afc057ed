import Foundation
import Glibc
import Synchronization
import Traffic

/// This machine as a balancer's host, as the agent is on another.
final class LocalHost: BalancerHost {
    private let reloads = Mutex(0)

    /// How often a file was put in place.
    var replacements: Int { reloads.withLock { $0 } }

    func exchange(_ text: String, with socket: BalancerSocket) async throws(TrafficError) -> String {
        guard case .unix(let path) = socket, let answer = Self.exchange(text + "\n", at: path) else {
            throw TrafficError(.unreachable, "nothing answers at '\(socket)'")
        }
        return answer
    }

    private static func exchange(_ text: String, at path: String) -> String? {
        let connection = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(connection, $0, size) }
        }
        guard result == 0, send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL)) >= 0 else {
            return nil
        }
        var (answer, bytes) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
        while case let count = recv(connection, &bytes, bytes.count, 0), count > 0 { answer += bytes[..<count] }
        return String(decoding: answer, as: UTF8.self)
    }

    func readFile(_ path: String) async throws(TrafficError) -> String? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    func replaceFile(
        _ path: String, with content: String, test: String, apply: String
    ) async throws(TrafficError) {
        let before = FileManager.default.contents(atPath: path)
        reloads.withLock { $0 += 1 }
        try? content.write(toFile: path, atomically: true, encoding: .utf8)
        for command in [test, apply] {
            let result = try? Machine.shell(command)
            guard let result, result.status == 0 else {
                if let before { try? before.write(to: URL(fileURLWithPath: path)) } else { unlink(path) }
                throw TrafficError(.refused, "'\(command)' failed: \(result?.output ?? "")")
            }
        }
    }
}
