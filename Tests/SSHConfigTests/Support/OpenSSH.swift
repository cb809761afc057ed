import Foundation
import Testing

@testable import SSHConfig

/// The real `ssh`, asked what it makes of a configuration.
struct OpenSSH {
    let directory: URL

    /// What ssh knows of this machine: the home is passwd's, whatever `HOME` says.
    static let facts: LocalFacts? = getpwuid(getuid()).map { entry in
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return LocalFacts(
            home: String(cString: entry.pointee.pw_dir), user: String(cString: entry.pointee.pw_name),
            userID: getuid(), hostName: String(decoding: name.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self),
            environment: environment)
    }

    static let environment = ["PATH": "/usr/bin:/bin", "SITE": "fra", "AGENT": "/run/agent.sock"]

    /// `keyword value` by keyword; several of one keyword in their order.
    func dump(_ arguments: [String]) async throws -> [String: [String]] {
        let output = try await run(["-G"] + arguments).output
        var values: [String: [String]] = [:]
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            values[String(words[0]), default: []].append(words.count > 1 ? String(words[1]) : "")
        }
        return values
    }

    /// Through files, so that neither side waits for the other.
    func run(_ arguments: [String]) async throws -> (status: Int32, output: String, errors: String) {
        let files = ["output", "errors"].map { directory.appending(path: "\($0)-\(UUID().uuidString)") }
        for file in files { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/ssh")
        process.arguments = arguments
        process.environment = Self.environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        return (process.terminationStatus, texts[0], texts[1])
    }
}

/// A folder for the files of one test.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "ssh-config-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes the files, and gives their paths and texts; `DIR` in them stands for the folder.
    func write(_ files: [String: String]) throws -> [String: String] {
        var written: [String: String] = [:]
        for (name, text) in files {
            let file = url.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            let text = text.replacing("DIR", with: url.path(percentEncoded: false))
            try Data(text.utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
            written[file.path(percentEncoded: false)] = text
        }
        return written
    }
}
