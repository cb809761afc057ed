import FleetModel
import Foundation
import Subprocess
import SystemPackage

/// An executable inventory: a program that prints JSON.
struct InventoryScript {
    /// The bytes that it may print.
    private static let maximumOutputBytes = 64 << 20
    /// The bytes that it may write to standard error.
    private static let maximumErrorBytes = 1 << 20
    /// The bytes of standard error that a message shows.
    private static let shownErrorBytes = 400

    let path: String
    /// How long one run may take.
    let timeout: Duration

    /// Whether the file is a program, and not just one that everybody may execute by accident.
    static func isScript(_ path: String) -> Bool {
        guard case .regular(isExecutable: true) = FileKind(of: path),
            let file = try? FileDescriptor.open(FilePath(path), .readOnly)
        else { return false }
        defer { try? file.close() }
        var magic = [UInt8](repeating: 0, count: 4)
        let count = (try? magic.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
        return magic[..<count].starts(with: "#!".utf8) || magic[..<count].elementsEqual([0x7F] + "ELF".utf8)
    }

    /// Why a file that is a program by its name is none to the system; nil for every other file.
    static func reasonNotToRun(_ path: String) -> (problem: String, hint: String)? {
        guard [".py", ".sh", ".rb", ".pl"].contains(where: path.hasSuffix), !isScript(path) else { return nil }
        guard case .regular(isExecutable: true) = FileKind(of: path) else {
            return ("it is not executable", "chmod +x \(path)")
        }
        return ("it does not begin with '#!'", "begin it with the program that runs it: #!/usr/bin/env python3")
    }

    /// Runs the program to its end, or kills it, and whatever it has started, when its time is up.
    ///
    /// - Returns: what it printed.
    /// - Throws: where it can't be run, fails, or prints too much.
    func run(_ arguments: [String]) async throws(Diagnostic) -> String {
        let result = await withTaskGroup(of: Result<String, Diagnostic>?.self) { group in
            group.addTask { await outcome(arguments) }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return nil
            }
            let first = await group.next().flatMap(\.self)
            group.cancelAll()
            return first
        }
        guard let result else {
            throw Diagnostic(
                "\(name(arguments)) did not end within \(timeout.spoken)",
                hint: "run it by hand; let it print what it has cached")
        }
        return try result.get()
    }

    private func name(_ arguments: [String]) -> String { "'\(path) \(arguments.joined(separator: " "))'" }

    private func outcome(_ arguments: [String]) async -> Result<String, Diagnostic> {
        do {
            let executable = path.contains("/") ? path : "./\(path)"
            let result = try await Subprocess.run(
                .path(FilePath(executable)), arguments: Arguments(arguments), platformOptions: Self.ownSession,
                output: .bytes(limit: Self.maximumOutputBytes), error: .bytes(limit: Self.maximumErrorBytes))
            guard result.terminationStatus.isSuccess else {
                return .failure(failure(result.terminationStatus, said: result.standardError, arguments))
            }
            do throws(Diagnostic) {
                let command = "\(path) \(arguments.joined(separator: " "))"
                return .success(try TextFile.text(of: result.standardOutput, file: command))
            } catch {
                return .failure(error)
            }
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            let (output, complaints) = (Self.maximumOutputBytes >> 20, Self.maximumErrorBytes >> 20)
            return .failure(
                Diagnostic(
                    "\(name(arguments)) printed more than \(output) MiB, or more than \(complaints) MiB of errors",
                    hint: "run it by hand to see what it prints"))
        } catch {
            return .failure(
                Diagnostic("\(name(arguments)) can't be run: \(error)", hint: "is its interpreter installed?"))
        }
    }

    private func failure(_ status: TerminationStatus, said: [UInt8], _ arguments: [String]) -> Diagnostic {
        let ending =
            switch status {
            case .exited(let code): "exit status \(code)"
            case .signaled(let number): "signal \(number)"
            }
        let complaint = String(decoding: said, as: UTF8.self).printable(maximumBytes: Self.shownErrorBytes)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return Diagnostic(
            "\(name(arguments)) ended with \(ending)" + (complaint.isEmpty ? "" : ": \(complaint)"),
            hint: "run it by hand: it must print JSON and end with exit status 0")
    }

    /// All that it starts is in one session, so that it can be ended together.
    private static var ownSession: PlatformOptions {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
        return options
    }
}
