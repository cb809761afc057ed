import Foundation
import RolloutDriver
import InputFiles

/// What `coord exec --stdin` gives to the hosts' commands.
enum CommandInput {
    /// Kept in memory once, sent to every host.
    private static let maximumBytes = 64 << 20

    /// All of standard input.
    static func read() throws -> [UInt8] {
        do throws(InputFileError) {
            return try InputFile.read("/dev/stdin", maximumBytes: maximumBytes)
        } catch {
            throw Failure("standard input \(error)", hint: "coord exec sends 64 MiB at most", status: .usage)
        }
    }
}
