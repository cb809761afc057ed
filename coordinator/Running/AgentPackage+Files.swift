import AgentClient
import AgentProtocol
import Foundation
import RolloutDriver
import InputFiles

extension AgentPackage {
    /// Of an agent's executable, in bytes; it is far smaller.
    private static let maximumBinaryBytes = 64 << 20

    /// The agent's executables at `paths`; where there are none, `coord-agent` beside this program.
    /// - Throws: ``Failure``.
    init(_ paths: [String]) throws {
        let binaries = try (paths.isEmpty ? [Self.besideThisProgram] : paths).map { path in
            do {
                return try AgentBinary(try InputFile.read(path, maximumBytes: Self.maximumBinaryBytes))
            } catch let error as InputFileError {
                throw Failure(
                    "the agent's executable '\(path)' \(error)", hint: "make agent builds it; --agent names it",
                    status: .usage)
            } catch let error as InstallError {
                throw Failure("\(path): \(error)", hint: error.hint, status: .usage)
            }
        }
        self.init(version: ProductVersion.text, binaries: binaries, serviceFiles: Self.serviceFiles)
    }

    private static var serviceFiles: ServiceFiles {
        ServiceFiles(
            unit: String(decoding: PackageResources.coord_agent_service, as: UTF8.self),
            userUnit: String(decoding: PackageResources.coord_agent_user_service, as: UTF8.self),
            runScript: String(decoding: PackageResources.runit_run, as: UTF8.self),
            logScript: String(decoding: PackageResources.runit_log_run, as: UTF8.self))
    }

    private static var besideThisProgram: String {
        let program = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        return program.resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "coord-agent")
            .path(percentEncoded: false)
    }
}
