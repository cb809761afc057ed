import AgentProtocol
import Foundation
import Glibc
import Testing

@testable import CoordAgent

@Suite struct InvocationTests {
    private let defaults = Invocation.Defaults(user: 0, environment: { _ in nil }, exists: { _ in false })

    @Test func `defaults are the system's for root and the user's own for others`() {
        let run = Invocation.run(state: "/var/lib/coord-agent", socket: "/run/coord-agent/agent.sock")
        #expect(Invocation(["run"], defaults: defaults) == run)
        let mine = own(["HOME": "/home/me", "XDG_RUNTIME_DIR": "/run/user/7"])
        #expect(mine.state == "/home/me/.local/state/coord-agent")
        #expect(mine.socket == "/run/user/7/coord-agent/agent.sock")
    }

    @Test func `a user's socket is where both sides find it, whatever the session's environment`() {
        let home = ["HOME": "/home/me"]
        #expect(own(home, ["/run/user/7"]).socket == "/run/user/7/coord-agent/agent.sock")
        #expect(own(home).socket == "/home/me/.local/state/coord-agent/agent.sock")
        // The runtime directory goes with the last session, an agent that nobody supervises does not.
        let onAttach = "/home/me/.local/state/coord-agent/start-on-attach"
        #expect(own(home, ["/run/user/7", onAttach]).socket == "/home/me/.local/state/coord-agent/agent.sock")
    }

    private func own(_ environment: [String: String], _ paths: [String] = []) -> Invocation.Defaults {
        Invocation.Defaults(user: 7, environment: { environment[$0] }, exists: { paths.contains($0) })
    }

    @Test(arguments: [
        [], ["sing"], ["run", "--state"], ["run", "--state", "relative"], ["run", "--marked"], ["--version", "x"],
        ["services", "--socket", "/x"],
        ["unpack"],
    ])
    func `what is not understood is misuse`(arguments: [String]) {
        guard case .misuse = Invocation(arguments, defaults: defaults) else {
            Issue.record("accepted \(arguments)")
            return
        }
    }

    @Test func `the worker's arguments come back as they went`() {
        var artifact = TestRelease("1.0").reference
        artifact.directory = "1.0+r1"
        var order = UnpackOrder(part: "/a b", installDirectory: "/opt/x", artifact: artifact)
        #expect(Invocation(order.arguments, defaults: defaults) == .unpack(order))
        order.configuration = ConfigurationOrder(
            part: "/c d", reference: ConfigurationReference(digest: "ab", size: 7))
        #expect(Invocation(order.arguments, defaults: defaults) == .unpack(order))
    }

    @Test func `attach carries both ways and fails plainly where no agent listens`() throws {
        let host = try AgentHost()
        var (status, output) = try attach(host, hello)
        #expect(status == 0)
        var decoder = FrameDecoder()
        decoder.feed(output)
        #expect(try decoder.next()?.id == 5)
        (status, output) = try attach(host, hello, ["--marked"])
        #expect(status == 0 && output.starts(with: AttachMarks.beginning))
        #expect(host.terminate() == 0)
        #expect(try attach(host, hello).0 == 69)
        #expect(try String(contentsOfFile: host.log, encoding: .utf8).contains("is the agent running?"))
    }

    @Test func `attach starts an agent where it may`() throws {
        let host = try AgentHost()
        #expect(host.terminate() == 0)
        try Data().write(to: URL(filePath: host.state + "/start-on-attach"))
        let (status, output) = try attach(host, hello)
        #expect(status == 0 && !output.isEmpty)
        // The table of locks may miss one that is there while others come and go.
        try waitUntil("the started agent holds its lock") { try lockHolder(host) != nil }
        let holder = try #require(try lockHolder(host))
        #expect(try String(contentsOfFile: host.state + "/lock", encoding: .utf8) == "\(holder)\n")
        kill(holder, SIGTERM)
        try waitUntil("the started agent is gone") { !FileManager.default.fileExists(atPath: host.socket) }
    }

    private var hello: [UInt8] {
        Request.hello(Hello(lowestVersion: 1, highestVersion: 1, coordinatorVersion: "t")).frame(id: 5).encoded
    }

    /// Runs `attach` until it has answered once, or ended.
    private func attach(_ host: AgentHost, _ input: [UInt8], _ options: [String] = []) throws -> (Int32, [UInt8]) {
        // As sshd does: one socket is both its input and its output.
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        let arguments = ["attach", "--state", host.state, "--socket", host.socket] + options
        let program = try Program(arguments, input: ends[1], output: ends[1], errors: host.log)
        close(ends[1])
        send(ends[0], input, input.count, Int32(MSG_NOSIGNAL))
        var output = [UInt8](repeating: 0, count: 4096)
        let count = recv(ends[0], &output, output.count, 0)
        close(ends[0])
        return (program.wait(), Array(output.prefix(max(0, count))))
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
