import Foundation
import Testing

/// The program itself, as it was built beside the tests, run in a folder of its own.
final class Program: Sendable {
    struct Outcome: Sendable {
        var status: Int32
        var output: String
        var errors: String

        /// `standard error` of a program that ends as expected is compared whole.
        var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
    }

    let folder: String

    init() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "coord-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        folder = path.resolvingSymlinksInPath().path(percentEncoded: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Where the tests' own executable lies, and every product of the package (proc(5), `self/exe`).
    static var products: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    }

    func write(_ name: String, _ text: String) throws {
        let file = URL(filePath: folder).appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func run(_ arguments: String..., executable: URL? = nil) async throws -> Outcome {
        try await run(arguments, executable: executable)
    }

    /// Through files, so that neither side waits for the other.
    func run(_ arguments: [String], executable: URL? = nil) async throws -> Outcome {
        let files = ["output", "errors"].map { URL(filePath: folder).appending(path: ".\($0)-\(UUID().uuidString)") }
        for file in files { try Data().write(to: file) }
        let process = Process()
        process.executableURL = executable ?? Self.products.appending(path: "coord")
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = ["HOME": folder, "PATH": "/usr/bin:/bin", "USER": "tester"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        for file in files { try FileManager.default.removeItem(at: file) }
        return Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
    }
}
