import Foundation
import SystemPackage

/// Files that people name: read whole, up to a limit, whatever they turn out to be.
public enum InputFile {
    /// Bytes of an inventory or a spec at most: some hundred thousand hosts.
    public static let maximumTextBytes = 64 << 20

    /// The file's bytes.
    /// - Throws: ``InputFileError``.
    public static func read(_ path: String, maximumBytes: Int) throws(InputFileError) -> [UInt8] {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly)
            defer { try? file.close() }
            var content: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while content.count <= maximumBytes {
                let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                if count == 0 { return content }
                content += buffer[..<count]
            }
            throw InputFileError.tooLarge(maximumBytes: maximumBytes)
        } catch let error as InputFileError {
            throw error
        } catch let error as Errno {
            throw .unreadable("\(error)")
        } catch {
            throw .unreadable(error.localizedDescription)
        }
    }
}

/// Why a file could not be read; the caller knows its name.
public enum InputFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// In the system's own words.
    case unreadable(String)
    case tooLarge(maximumBytes: Int)

    public var description: String {
        switch self {
        case .unreadable(let reason): "can't be read: \(reason)"
        case .tooLarge(let maximum) where maximum >= 1 << 20: "is larger than \(maximum >> 20) MiB"
        case .tooLarge(let maximum): "is larger than \(maximum >> 10) KiB"
        }
    }
}
