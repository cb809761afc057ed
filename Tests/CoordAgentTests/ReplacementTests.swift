import AgentProtocol
import Foundation
import Testing

@testable import CoordAgent

@Suite struct ReplacementTests {
    private let host: AgentHost
    private let agent: AgentConnection
    private var path: String { host.root + "/conf/upstream.conf" }

    init() throws {
        host = try AgentHost()
        agent = try host.connect()
        try agent.begin(host.claim(), host.definition())
        try FileManager.default.createDirectory(atPath: host.root + "/conf", withIntermediateDirectories: true)
    }

    /// The "server" uses what it was last told to take over.
    private func request(_ content: String, test: String = "true", apply: String? = nil) -> ReplaceFile {
        let take = "cat '\(path)' > '\(host.root)/used' 2>/dev/null || echo none > '\(host.root)/used'"
        return ReplaceFile(
            claim: host.claim(), path: path, content: Array(content.utf8), test: test, apply: apply ?? take,
            timeoutMilliseconds: 5000)
    }

    private func replace(_ request: ReplaceFile) throws -> Replacement {
        let reply = try agent.ask(.replace(request))
        guard case .replaced(let result) = reply else { throw AgentConnection.Unexpected(reply: reply) }
        return result
    }

    private func put(_ text: String, mode: Int = 0o640) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func text(_ name: String) -> String? {
        try? String(contentsOfFile: host.root + "/" + name, encoding: .utf8)
    }
    private var content: String? { text("conf/upstream.conf") }
    private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: host.root + "/conf")) ?? [] }

    private func mode() throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `a file that passes its test is in place and in use, with the mode of the old one`() throws {
        try put("old")
        #expect(try replace(request("new", test: "grep -q new '\(path)'")) == Replacement(ending: .succeeded))
        #expect(content == "new" && text("used") == "new")
        #expect(try mode() == 0o640)
        #expect(names == ["upstream.conf"])
        guard case .content(let read) = try agent.ask(.read(ReadFile(installDirectory: "", path: path))) else {
            throw AgentConnection.Closed()
        }
        #expect(read == FileContent(content: Array("new".utf8), isCut: false))
    }

    @Test func `a file that fails its test is never in use, and the old one is back`() throws {
        try put("old")
        let result = try replace(request("new", test: "echo 'bad line 3'; exit 1"))
        #expect(result.ending == .testFailed)
        #expect(result.problem == "the test of \(path) failed with exit status 1")
        #expect(String(decoding: result.output, as: UTF8.self) == "bad line 3\n")
        #expect(content == "old" && text("used") == nil)
        #expect(try mode() == 0o640)
        #expect(names == ["upstream.conf"])
    }

    @Test func `a file that cannot be taken over makes room for the old one, which is taken over again`() throws {
        try put("old")
        let take = "cat '\(path)' > '\(host.root)/used'; ! grep -q new '\(path)'"
        #expect(try replace(request("new", apply: take)).ending == .applyFailed)
        #expect(content == "old" && text("used") == "old")
        #expect(names == ["upstream.conf"])
    }

    @Test func `a file that was not there is gone again where it fails`() throws {
        #expect(try replace(request("new", test: "false")).ending == .testFailed)
        #expect(names == [])
        #expect(try replace(request("new")).ending == .succeeded)
        #expect(try content == "new" && mode() == 0o644)
    }

    @Test func `a link or a directory is left alone`() throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/passwd")
        let result = try replace(request("new"))
        #expect(result.ending == .notWritten)
        #expect(result.problem.hasPrefix("\(path) is no regular file; name the file itself"))
        #expect(names == ["upstream.conf"])
    }

    @Test(arguments: [true, false])
    func `an agent killed in the test brings the old file back when it starts`(wasThere: Bool) throws {
        if wasThere { try put("old") }
        let request = request("new", test: "touch '\(host.root)/testing'; exec sleep 1000")
        try agent.send(.replace(request))
        try waitUntil("the test runs") { text("testing") != nil }
        #expect(content == "new")
        host.kill()
        try host.start()
        try waitUntil("the old one is in use") { text("used") == (wasThere ? "old" : "none\n") }
        #expect(content == (wasThere ? "old" : nil))
        try waitUntil("nothing is left of it") { names == (wasThere ? ["upstream.conf"] : []) }
        // Asked again, as after every lost link.
        let connection = try host.connect()
        var again = request
        again.test = ""
        try waitUntil("the path is free") {
            guard case .replaced(let result) = try connection.ask(.replace(again)) else { return false }
            return result.ending == .succeeded
        }
        #expect(content == "new")
    }

    /// Every state of the directory that a crash can leave before the file is in place.
    @Test func `what was cut short before the file was touched changes nothing`() throws {
        try put("old")
        host.kill()
        let records = host.state + "/replacements"
        let pending = PendingReplacement(request("new"), wasThere: true)
        let file = ReplacedFile(path: path)
        for isSetAside in [false, true] {
            try pending.record(in: records)
            if isSetAside { try file.setAside() }
            try host.start()
            try waitUntil("it is undone") { try PendingReplacement.all(in: records).isEmpty }
            #expect(content == "old")
            #expect(names == ["upstream.conf"])
            host.kill()
        }
    }

    @Test func `the same request joins one that runs, and another has to wait`() throws {
        try put("old")
        let request = request("new", test: "until [ -e '\(host.root)/go' ]; do sleep 0.02; done")
        let first = try agent.send(.replace(request))
        let second = try agent.send(.replace(request))
        var other = request
        other.content = [1]
        guard case .refused(let refusal) = try agent.ask(.replace(other)) else { throw AgentConnection.Closed() }
        #expect(refusal.reason == .busy)
        try Data().write(to: URL(filePath: host.root + "/go"))
        for id in [first, second] {
            #expect(try agent.reply(to: id) == .replaced(Replacement(ending: .succeeded)))
        }
    }

    @Test func `who does not hold the service replaces nothing`() throws {
        try put("old")
        try agent.begin(host.claim("r2", epoch: 2), host.definition())
        guard case .refused(let refusal) = try agent.ask(.replace(request("new"))) else {
            throw AgentConnection.Closed()
        }
        #expect(refusal.reason == .staleEpoch)
        #expect(content == "old")
    }
}
