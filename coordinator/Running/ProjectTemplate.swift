import Foundation
import Reporting

/// The files that `coord init` begins a project with.
struct ProjectTemplate {
    private struct File {
        var name: String
        var content: [UInt8]
        var isExecutable = false
    }

    private let files = [
        File(name: "inventory.ini", content: PackageResources.inventory_ini),
        File(name: "rollout.yaml", content: PackageResources.rollout_yaml),
        File(name: "checks/health.sh", content: PackageResources.health_sh, isExecutable: true),
    ]

    /// Writes what is not there yet; answers every file, by the name that the user can use.
    /// - Throws: ``Failure``.
    func write(to folder: String) throws -> [(path: String, isNew: Bool)] {
        try files.map { file in
            let path = folder == "." ? file.name : (folder as NSString).appendingPathComponent(file.name)
            return (path, try Self.write(file, to: path))
        }
    }

    private static func write(_ file: File, to path: String) throws -> Bool {
        let folder = (absolute(path) as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch { throw failure(error, path) }
        do {
            // Refused where anything is there, also a link that leads nowhere.
            try Data(file.content).write(to: URL(filePath: absolute(path)), options: .withoutOverwriting)
            if file.isExecutable {
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: absolute(path))
            }
            return true
        } catch let error as CocoaError where error.code == .fileWriteFileExists {
            return false
        } catch { throw failure(error, path) }
    }

    private static func failure(_ error: any Error, _ path: String) -> Failure {
        let code = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.code
        // Only folders are created where something may be: what is there is none (mkdir(2), EEXIST).
        if (error as? CocoaError)?.code == .fileWriteFileExists {
            return Failure(
                "'\((path as NSString).deletingLastPathComponent)' is a file, not a folder",
                hint: "name another folder", status: .failedUnchanged)
        }
        let reason = code.flatMap { Int32(exactly: $0) }.map { String(cString: strerror($0)) }
        return Failure(
            "'\(path)' can't be written: \(reason ?? error.localizedDescription)",
            hint: "name a folder that you may write to", status: .failedUnchanged)
    }

    /// What to do with them.
    func nextSteps(in folder: String) -> [String] {
        func path(_ name: String) -> String {
            folder == "." ? name : (folder as NSString).appendingPathComponent(name)
        }
        let inventory = path("inventory.ini")
        let steps = [
            ("edit \(inventory)", "your servers"),
            ("edit \(path("rollout.yaml"))", "what to roll out, and where to"),
            ("coord trust \(inventory)", "their host keys: compare, then record"),
            ("coord install \(inventory)", "the agent onto every server"),
            ("coord check \(inventory)", "are they ready?"),
            ("coord rollout \(inventory)", "the release onto them, batch by batch"),
        ]
        let width = steps.map(\.0.columnCount).max() ?? 0
        return ["Next:"] + steps.map { "  \($0.0.padded(to: width))  # \($0.1)" }
    }
}
