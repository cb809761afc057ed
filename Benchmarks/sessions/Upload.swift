import Foundation
import HostAccess
import SSHTransport

/// Sends zeros to `cat > /dev/null` on one host, directly or through the bastion.
struct Upload {
    let connector: SSHConnector
    let options: Options
    let megabytes: Int

    func run() async throws {
        guard let endpoint = options.endpoint(number: 0) else { throw BenchmarkError(text: "no such host") }
        let connection = try await connector.connect(to: endpoint, deadline: .seconds(30))
        let stream = try await connection.open(Command(["sh", "-c", "cat > /dev/null"]), deadline: .seconds(30))
        let meter = Meter()
        let chunk = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<megabytes { try await stream.write(chunk) }
        await stream.close()
        meter.report("upload \(megabytes) MiB", sessions: 1)
    }
}
