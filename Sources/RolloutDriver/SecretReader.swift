import HostConfiguration
import FleetModel
import Foundation
import RolloutSpec
import Subprocess
import SystemPackage
import InputFiles

/// Gets the values of a rollout's secrets, each once. No value is part of an error, a command line or a file.
struct SecretReader {
    /// Of one value, in bytes.
    private static let maximumBytes = 1 << 20
    /// A person may have to type a passphrase.
    private static let commandDeadline: Duration = .seconds(120)
    /// What is read of a failing command's errors, in bytes.
    private static let errorLimit = 64 << 10

    let directory: String

    /// The values, in the order of `sources`.
    /// - Throws: every source that gives none.
    func read(_ sources: [RolloutSpec.SecretSource]) async throws(Diagnostics) -> [Secret] {
        var problems: [Diagnostic] = []
        var values: [Secret] = []
        // One after the other: two questions for a passphrase at once can't be answered.
        for source in sources {
            do throws(Diagnostic) {
                values.append(try await value(of: source.origin))
            } catch { problems.append(error) }
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return values
    }

    private func value(of origin: RolloutSpec.SecretSource.Origin) async throws(Diagnostic) -> Secret {
        switch origin {
        case .file(let path): try file(path)
        case .environment(let name): try variable(name)
        case .command(let command): try await output(of: command)
        }
    }

    private func file(_ path: LocatedText) throws(Diagnostic) -> Secret {
        let place = absolutePath((path.text as NSString).expandingTildeInPath, in: directory)
        do throws(InputFileError) {
            let bytes = try InputFile.read(place, maximumBytes: Self.maximumBytes)
            if !bytes.isEmpty { return Secret(bytes) }
        } catch {
            throw Diagnostic("the secret '\(path.text)' \(error)", at: path.location, hint: "looked for it at \(place)")
        }
        throw Diagnostic(
            "the secret '\(path.text)' is an empty file", at: path.location, hint: "looked for it at \(place)")
    }

    private func variable(_ name: LocatedText) throws(Diagnostic) -> Secret {
        guard let value = ProcessInfo.processInfo.environment[name.text], !value.isEmpty else {
            throw Diagnostic(
                "the environment variable '\(name.text)' is not set", at: name.location,
                hint: "export it before calling coord")
        }
        return Secret(value)
    }

    private func output(of command: LocatedText) async throws(Diagnostic) -> Secret {
        let outcome = await withTaskGroup(of: Outcome.self) { group in
            group.addTask { await run(command.text) }
            group.addTask {
                try? await Task.sleep(for: Self.commandDeadline)
                return .failed("did not end within \(Self.commandDeadline.spoken)")
            }
            let first = await group.next() ?? .failed("did not run")
            group.cancelAll()
            return first
        }
        switch outcome {
        case .printed(let secret): return secret
        case .failed(let reason):
            throw Diagnostic(
                "the command for a secret, '\(command.text.printable())', \(reason)", at: command.location,
                hint: "run it by hand: what it prints is the secret")
        }
    }

    private enum Outcome {
        case printed(Secret)
        case failed(String)
    }

    /// In coord's own session: what asks for a passphrase needs the terminal.
    private func run(_ command: String) async -> Outcome {
        do {
            let result = try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-c", command], workingDirectory: .init(directory),
                output: .bytes(limit: Self.maximumBytes), error: .bytes(limit: Self.errorLimit))
            guard result.terminationStatus.isSuccess else {
                let errors = String(decoding: result.standardError, as: UTF8.self).printable(maximumBytes: 400)
                let line = errors.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
                return .failed("failed (\(result.terminationStatus.spoken))\(line)")
            }
            // As a shell's $(…) does, but for one line feed only: it is the printing's, not the secret's.
            var bytes = result.standardOutput
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            return bytes.isEmpty ? .failed("printed nothing") : .printed(Secret(bytes))
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            return .failed("printed more than \(Self.maximumBytes >> 10) KiB")
        } catch {
            return .failed("could not be run: \(error)")
        }
    }
}

extension TerminationStatus {
    /// For errors.
    var spoken: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signaled(let number): "signal \(number)"
        }
    }
}
