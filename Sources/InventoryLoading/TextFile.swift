import FleetModel
import InputFiles

/// Text files that people name: read whole, up to a limit, whatever they turn out to be.
enum TextFile {
    /// - Throws: where the file can't be read, is too large, or is no UTF-8.
    static func read(_ path: String) throws(Diagnostic) -> String { try text(of: bytes(of: path), file: path) }

    private static func bytes(of path: String) throws(Diagnostic) -> [UInt8] {
        do throws(InputFileError) {
            return try InputFile.read(path, maximumBytes: InputFile.maximumTextBytes)
        } catch {
            let hint = if case .tooLarge = error { "is this the right file?" } else { nil as String? }
            throw Diagnostic("'\(path)' \(error)", hint: hint)
        }
    }

    /// As in Ansible, comments may be in another encoding; nothing else may.
    static func text(of bytes: [UInt8], file: String) throws(Diagnostic) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where String(validating: line, as: UTF8.self) == nil {
            let first = line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            if first == UInt8(ascii: "#") || first == UInt8(ascii: ";") { continue }
            let column = String(decoding: line, as: UTF8.self).unicodeScalars.prefix { $0 != "\u{FFFD}" }.count + 1
            throw Diagnostic(
                "the file is not UTF-8 here", at: SourceLocation(file: file, line: index + 1, column: column),
                hint: "convert it, for example: iconv -f LATIN1 -t UTF-8")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
