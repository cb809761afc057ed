import Foundation
import Synchronization
import Traffic

/// This machine as a balancer's host, as the agent is on another.
final class LocalHost: BalancerHost {
    private let reloads = Mutex(0)

    /// How often a file was put in place.
    var replacements: Int { reloads.withLock { $0 } }

    func exchange(_ text: String, with socket: BalancerSocket) async throws(TrafficError) -> String {
        let program = """
            import socket, sys
            target = sys.argv[1]
            if target.startswith("/"):
                s = socket.socket(socket.AF_UNIX); s.connect(target)
            else:
                s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
            s.sendall(sys.stdin.buffer.read() + b"\\n")
            while d := s.recv(65536): sys.stdout.buffer.write(d)
            """
        let target =
            switch socket {
            case .unix(let path): path
            case .tcp(let host, let port): "\(host) \(port)"
            }
        let answer = try? Machine.shell("python3 -c '\(program)' \(target)", input: text)
        guard let answer, answer.status == 0 else {
            throw TrafficError(.unreachable, "nothing answers at '\(socket)'")
        }
        return answer.output
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
