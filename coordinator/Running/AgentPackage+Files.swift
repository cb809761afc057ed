import AgentClient
import AgentProtocol
import Foundation
import RolloutDriver

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
        let unit = String(decoding: PackageResources.coord_agent_service, as: UTF8.self)
        self.init(version: ProductVersion.text, binaries: binaries, unit: unit)
    }

    private static var besideThisProgram: String {
        let program = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        return program.resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "coord-agent")
            .path(percentEncoded: false)
    }
}
