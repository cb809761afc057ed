import FleetModel
import Foundation
import HostAccess
import RolloutDriver
import InputFiles

/// The password that the login's user gives to sudo on the hosts: `--become-password-file`, `--ask-become-pass`.
enum BecomePassword {
    /// The first line of a file; `-` is standard input. Pipes and `/dev/fd/N` are read too.
    static func read(_ path: String) throws -> Secret {
        let path = path == "-" ? "/dev/stdin" : absolute(path)
        let bytes: [UInt8]
        do throws(InputFileError) {
            bytes = try InputFile.read(path, maximumBytes: maximumBytes)
        } catch {
            throw Failure(
                "the password file '\(path)' \(error)", hint: "its first line is the password for sudo", status: .usage)
        }
        var line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard !line.isEmpty else {
            throw Failure(
                "the password file '\(path)' has no password in its first line",
                hint: "its first line is the password for sudo", status: .usage)
        }
        return Secret(Array(line))
    }

    /// Asks the person, once.
    static func ask(on terminal: Terminal) throws -> Secret {
        guard terminal.canAskSecrets else {
            throw Failure(
                "--ask-become-pass needs a terminal to ask on",
                hint: "without one: --become-password-file FILE, or /dev/fd/N", status: .usage)
        }
        guard let answer = terminal.askSecret("sudo password on the hosts: "), !answer.isEmpty else {
            throw Failure("no password was given; nothing was done", status: .usage)
        }
        return Secret(answer)
    }

    /// sudo itself takes no longer ones.
    private static let maximumBytes = 64 << 10
}
