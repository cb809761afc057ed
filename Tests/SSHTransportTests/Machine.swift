import Foundation
import Glibc

struct TestProblem: Error, CustomStringConvertible {
    var description: String
}

enum TemporaryDirectory {
    static func make() throws -> String {
        var template = Array("/tmp/ssh-test-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw TestProblem(description: "mkdtemp failed") }
        return String(cString: path)
    }
}

enum Spawn {
    /// Starts a program in a process group of its own, so that all of it can be ended.
    static func start(_ arguments: [String]) throws -> pid_t {
        guard access(arguments[0], X_OK) == 0 else {
            throw TestProblem(description: "\(arguments[0]) is missing: install openssh-server and openssh-client")
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for output: Int32 in [1, 2] { posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0) }
        var pid: pid_t = 0
        let words = arguments.map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        let result = posix_spawn(&pid, arguments[0], &actions, &attributes, words, environ)
        guard result == 0 else { throw TestProblem(description: "cannot start \(arguments[0]): errno \(result)") }
        return pid
    }

    static func run(_ arguments: [String]) throws {
        let pid = try start(arguments)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        guard status == 0 else {
            throw TestProblem(description: "\(arguments.joined(separator: " ")): status \(status)")
        }
    }

    static func kill(_ pid: pid_t) {
        Glibc.kill(-pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }
}

enum Loopback {
    static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func withAddress<R>(_ port: Int, _ body: (UnsafePointer<sockaddr>) -> R) -> R {
        withUnsafePointer(to: address(port: port)) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }

    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        var address = sockaddr_in()
        var length = size
        let result = withAddress(0) { bind(descriptor, $0, size) }
        let named = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0, named == 0 else { throw TestProblem(description: "no free port: errno \(errno)") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    static func waitForListener(port: Int) async throws {
        let start = ContinuousClock.now
        while start.duration(to: .now) < .seconds(20) {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            if withAddress(port, { connect(descriptor, $0, size) }) == 0 { return }
            // Looks again soon.
            try await Task.sleep(for: .milliseconds(5))
        }
        throw TestProblem(description: "nothing listens on port \(port)")
    }
}

/// Waits for something that others do, at most 20 s.
func waitUntil(_ condition: () async throws -> Bool) async throws {
    let start = ContinuousClock.now
    while start.duration(to: .now) < .seconds(20) {
        if try await condition() { return }
        // Looks again soon.
        try await Task.sleep(for: .milliseconds(10))
    }
    throw TestProblem(description: "waited in vain")
}
