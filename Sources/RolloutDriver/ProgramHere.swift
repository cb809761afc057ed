import FleetModel
import Foundation
import RolloutSpec

/// A program that a spec names and that runs here.
struct ProgramHere {
    /// Absolute.
    let path: String
    /// Nil where it can be run.
    let problem: Diagnostic?

    init(_ name: LocatedText, in directory: String) {
        path = absolutePath(name.text, in: directory)
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        guard !exists || isDirectory.boolValue || !FileManager.default.isExecutableFile(atPath: path) else {
            problem = nil
            return
        }
        let hint = "it must exist and be executable: chmod +x \(name.text)"
        problem = Diagnostic("'\(name.text)' is not an executable file", at: name.location, hint: hint)
    }
}
