import FleetModel
import Foundation
import Testing
import Traffic

/// Services h1, h2, … behind a balancer: each answers its name; `/healthz` fails while a file `sick-NAME` is there, and
/// `/slow` is answered once a file `go` is.
struct Fleet: Sendable {
    let members: [TrafficMember]
    let machine: Machine

    static let names = ["h1", "h2", "h3"]

    private static let program = """
        import asyncio, os, sys
        folder = sys.argv[1]

        def answering(name):
            async def answer(reader, writer):
                try:
                    while line := await reader.readline():
                        while (await reader.readline()).strip(): pass
                        sick = b"/healthz" in line and os.path.exists(f"{folder}/sick-{name}")
                        while b"/slow" in line and not os.path.exists(f"{folder}/go"): await asyncio.sleep(0.01)
                        body = name + "\\n"
                        head = f"HTTP/1.1 {500 if sick else 200} -\\r\\nContent-Length: {len(body)}"
                        writer.write(f"{head}\\r\\n\\r\\n{body}".encode())
                except OSError: pass
                finally: writer.close()
            return answer

        async def main():
            servers = [(await asyncio.start_server(answering(name), "127.0.0.1", 0)) for name in sys.argv[2:]]
            with open(f"{folder}/ports.new", "w") as ports:
                print(*[server.sockets[0].getsockname()[1] for server in servers], file=ports)
            os.rename(f"{folder}/ports.new", f"{folder}/ports")
            await asyncio.Event().wait()

        asyncio.run(main())
        """

    static func with<Result>(_ body: (Fleet) async throws -> Result) async throws -> Result {
        try await Machine.with { machine in
            let program = try machine.write("services.py", Self.program)
            return try await machine.running(["/usr/bin/python3", program, machine.directory] + names) {
                let file = machine.path("ports")
                try await Machine.waitUntil("the services") { FileManager.default.fileExists(atPath: file) }
                let line = try String(contentsOfFile: file, encoding: .utf8)
                let ports = line.split(whereSeparator: \.isWhitespace).compactMap { UInt16($0) }
                try #require(ports.count == names.count)
                let members = try zip(names, ports).map { name, port in
                    TrafficMember(
                        name: name, host: try #require(HostName(name)), address: "127.0.0.1", port: port)
                }
                return try await body(Fleet(members: members, machine: machine))
            }
        }
    }

    func setSick(_ isSick: Bool, _ name: String) throws {
        if isSick { try machine.write("sick-\(name)", "") } else { unlink(machine.path("sick-\(name)")) }
    }

    /// While a request to `/slow` waits for its answer; then it is answered.
    func withSlowRequest(port: UInt16, _ body: () async throws -> Void) async throws {
        let curl = ["/usr/bin/curl", "-s", "-m", "60", "http://127.0.0.1:\(port)/slow"]
        try await machine.running(curl) {
            try await body()
            try machine.write("go", "")
            try await Machine.waitUntil("the answer") {
                try Machine.shell("cat \(machine.path("log"))").output.hasSuffix("h1\n")
            }
        }
    }

    /// The connections that a member has, as its host's agent counts them.
    func established(_ name: String) throws -> UInt64 {
        guard let port = members.first(where: { $0.name == name })?.port else { return 0 }
        let lines = try Machine.shell("ss -Htn state established 'sport = :\(port)'").output.split(separator: "\n")
        return UInt64(lines.count)
    }

    /// How many of so many requests each member answered; what is no answer counts as itself.
    static func answers(_ count: Int, port: UInt16, header: String = "X-None: -") throws -> [String: Int] {
        let command = "curl -s -S -m 5 -H '\(header)' 'http://127.0.0.1:\(port)/?[1-\(count)]'"
        let lines = try Machine.shell(command).output.split(separator: "\n").map(String.init)
        return lines.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    /// A share measured by `count` requests is this far off at most (four standard deviations of a random choice; the
    /// balancers take turns, which is nearer).
    static func tolerance(of share: Double, count: Int) -> Double {
        4 * (share * (1 - share) / Double(count)).squareRoot()
    }
}
