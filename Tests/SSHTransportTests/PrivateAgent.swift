import Foundation
import Glibc

/// An ssh-agent of our own, for the length of one test.
struct PrivateAgent {
    let socket: String

    func add(_ key: String) throws { try run("ssh-add", "-q", key) }

    func run(_ arguments: String...) throws {
        try Spawn.run(["/usr/bin/env", "SSH_AUTH_SOCK=\(socket)"] + arguments)
    }
}

func withAgent<Result>(in directory: String, _ body: (PrivateAgent) async throws -> Result) async throws -> Result {
    let agent = PrivateAgent(socket: "\(directory)/agent")
    let process = try Spawn.start(["/usr/bin/ssh-agent", "-D", "-a", agent.socket])
    defer { Spawn.kill(process) }
    try await waitUntil { FileManager.default.fileExists(atPath: agent.socket) }
    return try await body(agent)
}
