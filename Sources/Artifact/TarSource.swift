import AgentProtocol
import CLibArchive
import FleetModel
import Foundation

/// Reads a tar archive, plain or compressed with gzip or zstd, told by its bytes and not by its name.
///
/// Its entries may come in any order, so their contents go to a spool file first.
struct TarSource {
    private let context: ArtifactContext
    private let spool: OpenFile
    private var spooledBytes: UInt64 = 0

    init(spool: OpenFile, _ context: ArtifactContext) {
        self.spool = spool
        self.context = context
    }

    mutating func tree(from file: OpenFile) throws(ArtifactError) -> SourceTree {
        // libarchive converts names to the locale's characters, and composes accents while at it; in the C locale it
        // hands out their bytes as they are.
        let locale = newlocale(LC_CTYPE_MASK, "C", nil)
        let callers = uselocale(locale)
        defer {
            uselocale(callers)
            if let locale { freelocale(locale) }
        }
        guard let archive = archive_read_new() else { throw context.error("cannot read it: out of memory") }
        defer { archive_read_free(archive) }
        archive_read_support_filter_gzip(archive)
        archive_read_support_filter_zstd(archive)
        archive_read_support_format_tar(archive)
        guard archive_read_open_fd(archive, file.descriptor, Self.blockBytes) == ARCHIVE_OK else {
            throw unreadable(archive)
        }
        return try entries(of: archive)
    }

    private static let blockBytes = 128 << 10

    private mutating func entries(of archive: OpaquePointer) throws(ArtifactError) -> SourceTree {
        var tree = SourceTree(context)
        var item: OpaquePointer?
        while true {
            switch archive_read_next_header(archive, &item) {
            case ARCHIVE_EOF: return tree
            // A warning is about times, owners or characters, none of which we take from it.
            case ARCHIVE_OK, ARCHIVE_WARN: break
            default: throw unreadable(archive)
            }
            guard let item, let name = archive_entry_pathname(item) else {
                throw context.error("has an entry without a readable name")
            }
            let path = try normalized(bytes(name))
            if !path.isEmpty { try add(item, at: path, of: archive, to: &tree) }
        }
    }

    private mutating func add(
        _ item: OpaquePointer, at path: [UInt8], of archive: OpaquePointer, to tree: inout SourceTree
    ) throws(ArtifactError) {
        if let target = archive_entry_hardlink(item) {
            return try tree.addCopy(of: normalized(bytes(target)), at: path)
        }
        let mode = archive_entry_perm(item)
        let permissions = UInt32(mode) & CanonicalArchive.maximumMode
        switch archive_entry_filetype(item) {
        case S_IFDIR:
            try tree.add(.init(entry: .init(path: path, content: .directory(mode: permissions)), content: .none))
        case S_IFLNK:
            let target = archive_entry_symlink(item).map(bytes) ?? []
            try tree.add(.init(entry: .init(path: path, content: .symlink(target: target)), content: .none))
        case S_IFREG:
            guard mode & (S_ISUID | S_ISGID) == 0 else { throw context.error(.specialModeBits, at: path) }
            let size = UInt64(clamping: archive_entry_size(item))
            let entry = ArchiveEntry(path: path, content: .file(mode: permissions, size: size))
            try tree.add(.init(entry: entry, content: .spooled(spooledBytes)))
            try spoolContent(of: archive, size: size, at: path)
        case S_IFIFO: throw context.error(.namedPipe, at: path)
        case S_IFBLK, S_IFCHR: throw context.error(.device, at: path)
        default: throw context.error(.unsupportedType, at: path)
        }
    }

    /// Holes of sparse files stay holes in the spool.
    private mutating func spoolContent(
        of archive: OpaquePointer, size: UInt64, at path: [UInt8]
    ) throws(ArtifactError) {
        guard spooledBytes + size <= Artifact.maximumBytes else { throw Packer.tooLarge(context) }
        var block: UnsafeRawPointer?
        var count = 0
        var offset: la_int64_t = 0
        while true {
            let result = archive_read_data_block(archive, &block, &count, &offset)
            if result == ARCHIVE_EOF { break }
            guard result == ARCHIVE_OK || result == ARCHIVE_WARN else { throw unreadable(archive, at: path) }
            guard let start = UInt64(exactly: offset), start <= size, UInt64(count) <= size - start else {
                throw context.error("its content does not fit its size", at: path)
            }
            let bytes = UnsafeRawBufferPointer(start: block, count: count)
            try context.perform { () throws(SystemError) in try spool.write(bytes, at: spooledBytes + start) }
        }
        spooledBytes += size
        guard ftruncate(spool.descriptor, off_t(clamping: spooledBytes)) == 0 else {
            throw context.error(SystemError("unpack it"))
        }
    }

    /// Without `.` and empty components, so `./a/` is `a`, and the archive's own directory is empty.
    private func normalized(_ path: [UInt8]) throws(ArtifactError) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        if path.first == slash { throw context.error(.absolutePath, at: path) }
        let names = path.split(separator: slash).filter { !$0.elementsEqual(".".utf8) }
        return Array(names.joined(separator: [slash]))
    }

    private func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    private func unreadable(_ archive: OpaquePointer, at path: [UInt8]? = nil) -> ArtifactError {
        let reason = archive_error_string(archive).map { String(cString: $0).printable() } ?? "unknown format"
        return context.error(
            "not a tar archive that can be read: \(reason)", at: path,
            remedy: "give a directory, or a whole .tar, .tar.gz or .tar.zst file"
        )
    }
}
