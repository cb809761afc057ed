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
    func running<Result>(_ arguments: [String], _ body: () async throws -> Result) async throws -> Result {
        let process = try start(arguments)
        defer {
            kill(process, SIGTERM)
            waitpid(process, nil, 0)
        }
        return try await body()
    }

    private func start(_ arguments: [String]) throws -> pid_t {
        guard access(arguments[0], X_OK) == 0 else {
            throw TestProblem(description: "\(arguments[0]) is missing: tools/setup")
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads that tests run on block nearly all signals, and children inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for output: Int32 in [1, 2] {
            posix_spawn_file_actions_addopen(&actions, output, path("log"), O_WRONLY | O_CREAT | O_APPEND, 0o644)
        }
        var process: pid_t = 0
        let words = arguments.map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        let result = posix_spawn(&process, arguments[0], &actions, &attributes, words, environ)
        guard result == 0 else { throw TestProblem(description: "cannot start \(arguments[0]): errno \(result)") }
        return process
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
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 ? getsockname(descriptor, pointer, &size) : -1
            }
        }
        guard result == 0 else { throw TestProblem(description: "no free port: errno \(errno)") }
        return UInt16(bigEndian: address.sin_port)
    }
}
