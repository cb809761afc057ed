import AgentProtocol
import Foundation
import Testing

@testable import CoordAgent

@Suite struct InvocationTests {
    private let defaults = Invocation.Defaults(isRoot: true) { _ in nil }

    @Test func `defaults are the system's for root and the user's own for others`() {
        #expect(Invocation(["run"], defaults: defaults) == .run(state: "/var/lib/coord-agent", socket: "/run/coord-agent/agent.sock"))
        let mine = Invocation.Defaults(isRoot: false) { ["HOME": "/home/me", "XDG_RUNTIME_DIR": "/run/user/7"][$0] }
        #expect(mine.state == "/home/me/.local/state/coord-agent")
        #expect(mine.socket == "/run/user/7/coord-agent/agent.sock")
    }

    @Test(arguments: [
        [], ["sing"], ["run", "--state"], ["run", "--state", "relative"], ["run", "--start"], ["--version", "x"], ["unpack"],
    ])
    func `what is not understood is misuse`(arguments: [String]) {
        guard case .misuse = Invocation(arguments, defaults: defaults) else {
            Issue.record("accepted \(arguments)")
            return
        }
    }

    @Test func `the worker's arguments come back as they went`() {
        let order = UnpackOrder(part: "/a b", installDirectory: "/opt/x", artifact: TestRelease("1.0").reference)
        #expect(Invocation(order.arguments, defaults: defaults) == .unpack(order))
    }

    @Test func `attach carries both ways and fails plainly where no agent listens`() throws {
        let host = try AgentHost()
        let (status, output) = try attach(host, input: Request.hello(Hello(lowestVersion: 1, highestVersion: 1, coordinatorVersion: "t")).frame(id: 5).encoded)
        #expect(status == 0)
        var decoder = FrameDecoder()
        decoder.feed(output)
        #expect(try decoder.next()?.id == 5)
        #expect(host.terminate() == 0)
        #expect(try attach(host, input: []).status == 69)
    }

    @Test func `attach starts an agent where it may`() throws {
        let host = try AgentHost()
        #expect(host.terminate() == 0)
        let hello = Request.hello(Hello(lowestVersion: 1, highestVersion: 1, coordinatorVersion: "t")).frame(id: 5).encoded
        #expect(try attach(host, input: hello, options: ["--start"]).status == 0)
        let lock = try #require(try lockHolder(host))
        kill(lock, SIGTERM)
        try waitUntil("the started agent is gone") { !FileManager.default.fileExists(atPath: host.socket) }
    }

    /// Runs `attach` until it has answered once.
    private func attach(_ host: AgentHost, input: [UInt8], options: [String] = []) throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: AgentHost.program)
        process.arguments = ["attach", "--state", host.state, "--socket", host.socket] + options
        let (stdin, stdout) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (stdin, stdout)
        process.standardError = FileHandle.nullDevice
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input))
        let output = stdout.fileHandleForReading.availableData
        try stdin.fileHandleForWriting.close()
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    /// The process that holds the state directory's lock (proc(5), `locks`).
    private func lockHolder(_ host: AgentHost) throws -> Int32? {
        let inode = try FileManager.default.attributesOfItem(atPath: host.state + "/lock")[.systemFileNumber] as? Int
        let locks = try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n")
        for words in locks.map({ $0.split(separator: " ") }) where words.count > 5 {
            if inode.map({ words[5].hasSuffix(":\($0)") }) == true { return Int32(words[4]) }
        }
        return nil
    }
}
