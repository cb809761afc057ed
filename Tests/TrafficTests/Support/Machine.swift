import Foundation
import Glibc
import Traffic

struct TestProblem: Error, CustomStringConvertible {
    var description: String
}

/// Programs and files of one test; gone after it.
final class Machine: Sendable {
    let directory: String

    static func with<Result>(_ body: (Machine) async throws -> Result) async throws -> Result {
        var template = Array("/tmp/traffic-test-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw TestProblem(description: "mkdtemp failed") }
        // nginx's workers and HAProxy's may run as another user.
        chmod(path, 0o755)
        let machine = Machine(directory: String(cString: path))
        defer { try? FileManager.default.removeItem(atPath: machine.directory) }
        return try await body(machine)
    }

    private init(directory: String) { self.directory = directory }

    func path(_ name: String) -> String { "\(directory)/\(name)" }

    @discardableResult func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        return path(name)
    }

    /// Starts a program, and ends it, with SIGTERM, after the body.
    func running<Result>(
        _ program: String, _ arguments: [String], _ body: (Pipe) async throws -> Result
    ) async throws -> Result {
        guard access(program, X_OK) == 0 else { throw TestProblem(description: "\(program) is missing: tools/setup") }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: write("log", "")))
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        return try await body(output)
    }

    static func shell(_ command: String, input: String? = nil) throws -> (status: Int32, output: String) {
        let process = Process()
        let (output, stdin) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.standardOutput = output
        process.standardError = output
        process.standardInput = stdin
        try process.run()
        if let input { try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
        try stdin.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    /// Waits for something that others do, at most 20 s.
    static func waitUntil(_ what: String, _ condition: () async throws -> Bool) async throws {
        let start = ContinuousClock.now
        while start.duration(to: .now) < .seconds(20) {
            if try await condition() { return }
            // Looks again soon.
            try await Task.sleep(for: .milliseconds(10))
        }
        throw TestProblem(description: "waited in vain for \(what)")
    }

    static func freePort() throws -> UInt16 {
        let command =
            "python3 -c 'import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); print(s.getsockname()[1])'"
        let answer = try shell(command).output
        guard let port = UInt16(answer.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw TestProblem(description: "no free port: \(answer)")
        }
        return port
    }
}
