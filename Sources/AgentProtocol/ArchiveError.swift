/// Why an archive is refused, and at which entry.
public struct ArchiveError: Error, Equatable, Sendable {
    /// What an archive may not hold, or how it is broken.
    public enum Problem: Equatable, Sendable {
        case absolutePath
        /// `..` in a path.
        case parentInPath
        /// `.`, nothing between two slashes, or no path at all.
        case emptyComponent
        case zeroByteInPath
        case pathTooLong
        case absoluteLink
        /// A link that leads out of the release, or has `..` after a name, which could.
        case linkLeavesRelease
        case emptyLink
        case hardLink
        case device
        case namedPipe
        case unsupportedType
        /// Set-user-id, set-group-id or sticky.
        case specialModeBits
        case fileTooLarge
        case tooManyEntries
        /// The entry before is the same or would have to come later.
        case notSorted
        /// The entry's directory is not a directory that the archive lists: a link, a file, or missing.
        case parentNotDirectory
        case notArchive
        case wrongChecksum
        /// Readable, but not what ``CanonicalArchive/header(for:)`` writes.
        case notCanonical
        /// More bytes than were announced, or fewer.
        case wrongSize
    }

    public var problem: Problem
    /// Of the entry, or of the last one where the problem comes before its path is known; hostile until made printable.
    public var path: [UInt8]

    public init(_ problem: Problem, at path: [UInt8]) {
        self.problem = problem
        self.path = path
    }

    /// One line in printable ASCII.
    public var text: String {
        guard !path.isEmpty else { return "archive: " + problem.text }
        return "archive entry '" + Self.escaped(path) + "': " + problem.text
    }

    /// Anything but printable ASCII becomes `\xNN`: names in an archive are hostile to terminals and logs.
    private static func escaped(_ path: [UInt8]) -> String {
        let maximumShownBytes = 256
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in path.suffix(maximumShownBytes) {
            if (0x20...0x7E).contains(byte), byte != 0x5C {
                text.append(byte)
            } else {
                text += [0x5C, 0x78, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension ArchiveError.Problem {
    /// What is wrong, to follow the entry's name and a colon.
    public var text: String {
        switch self {
        case .absolutePath: "the path is absolute"
        case .parentInPath: "the path has a '..'"
        case .emptyComponent: "the path has an empty or '.' component"
        case .zeroByteInPath: "the path has a zero byte"
        case .pathTooLong: "the path is too long (4096 bytes, 255 a name)"
        case .absoluteLink: "the link's target is absolute"
        case .linkLeavesRelease: "the link's target may lead out of the release"
        case .emptyLink: "the link has no target"
        case .hardLink: "is a hard link"
        case .device: "is a device"
        case .namedPipe: "is a named pipe"
        case .unsupportedType: "is neither a file, a directory nor a symbolic link"
        case .specialModeBits: "has a set-user-id, set-group-id or sticky bit"
        case .fileTooLarge: "the file is too large (8 GiB)"
        case .tooManyEntries: "there are more than \(CanonicalArchive.maximumEntries) entries"
        case .notSorted: "is listed twice or out of order"
        case .parentNotDirectory: "is not in a directory of the archive"
        case .notArchive: "not a ustar header"
        case .wrongChecksum: "the header's checksum is wrong"
        case .notCanonical: "the header is not in canonical form"
        case .wrongSize: "the archive is not of the announced size"
        }
    }
}
