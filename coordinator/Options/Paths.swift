import Foundation
import RolloutDriver
import InputFiles

/// `path` from the root on, whatever the current folder becomes; `~/` is the user's home.
func absolute(_ path: String, in directory: String = FileManager.default.currentDirectoryPath) -> String {
    let expanded = (path as NSString).expandingTildeInPath
    let whole = expanded.hasPrefix("/") ? expanded : directory + "/" + expanded
    let standard = URL(filePath: whole).standardizedFileURL.path(percentEncoded: false)
    return standard.count > 1 && standard.hasSuffix("/") ? String(standard.dropLast()) : standard
}

/// The text of a file that the user named; what is not UTF-8 in it becomes U+FFFD and is refused where it matters.
func readText(_ path: String, hint: String) throws -> String {
    do throws(InputFileError) {
        let bytes = try InputFile.read(path, maximumBytes: InputFile.maximumTextBytes)
        return String(decoding: bytes, as: UTF8.self)
    } catch {
        throw Failure("'\(path)' \(error)", hint: hint, status: .usage)
    }
}
