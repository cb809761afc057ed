/// The one archive format that travels: a POSIX ustar stream (IEEE 1003.1, pax) with everything fixed that may vary, so
/// that equal trees are equal bytes and the reader can refuse all else.
///
/// Directories, regular files and symbolic links; in the order of ``ArchivePath/precedes(_:_:)``, every directory
/// listed before what is in it; owner, group and times 0, no owner names, permission bits only, those of links 0777. A
/// path or target above 100 bytes stands whole in a pax header before the entry, which holds nothing else, and cut off
/// in the entry's own. Two blocks of zeros end the archive.
public enum CanonicalArchive {
    public static let blockBytes = 512
    public static let maximumEntries = 1_000_000
    /// What eleven octal digits hold: 8 GiB less one byte.
    public static let maximumFileBytes: UInt64 = 0o777_7777_7777
    public static let maximumMode: UInt32 = 0o777
    /// Two blocks of zeros.
    public static let trailer = [UInt8](repeating: 0, count: 2 * blockBytes)

    static let maximumShortName = 100

    /// The bytes before an entry's content: its header, with a pax header before it where that is needed.
    ///
    /// The entry must have no ``ArchiveEntry/problem``.
    public static func header(for entry: ArchiveEntry) -> [UInt8] {
        precondition(entry.problem == nil, "our own entry is one that archives may not hold")
        let path = entry.path
        switch entry.content {
        case .directory(let mode):
            return paxHeader(path: path) + ustarHeader(UstarFields(name: path, mode: mode, type: "5"))
        case .file(let mode, let size):
            return paxHeader(path: path) + ustarHeader(UstarFields(name: path, mode: mode, size: size, type: "0"))
        case .symlink(let target):
            let fields = UstarFields(name: path, mode: maximumMode, type: "2", link: target)
            return paxHeader(path: path, link: target) + ustarHeader(fields)
        }
    }

    /// Zeros to write after a file's content: up to the next whole block.
    public static func padding(after size: UInt64) -> Int {
        let rest = Int(size % UInt64(blockBytes))
        return rest == 0 ? 0 : blockBytes - rest
    }

    /// An entry's bytes in the archive: header, content and padding.
    public static func storedBytes(of entry: ArchiveEntry) -> UInt64 {
        let headerBytes = UInt64(header(for: entry).count)
        guard case .file(_, let size) = entry.content else { return headerBytes }
        return headerBytes + size + UInt64(padding(after: size))
    }

    /// What ustar's header says, as far as it varies.
    struct UstarFields {
        var name: [UInt8]
        var mode: UInt32
        var size: UInt64 = 0
        var type: Unicode.Scalar
        var link: [UInt8] = []
    }

    static func ustarHeader(_ fields: UstarFields) -> [UInt8] {
        var block: [UInt8] = []
        block.reserveCapacity(blockBytes)
        appendText(fields.name, width: maximumShortName, to: &block)
        appendOctal(UInt64(fields.mode), digits: 7, to: &block)
        appendOctal(0, digits: 7, to: &block)
        appendOctal(0, digits: 7, to: &block)
        appendOctal(fields.size, digits: 11, to: &block)
        appendOctal(0, digits: 11, to: &block)
        // The checksum is summed over spaces in its own place.
        block += [UInt8](repeating: 0x20, count: 8)
        block.append(UInt8(truncatingIfNeeded: fields.type.value))
        appendText(fields.link, width: maximumShortName, to: &block)
        block += magic
        appendText([], width: 64, to: &block)
        appendOctal(0, digits: 7, to: &block)
        appendOctal(0, digits: 7, to: &block)
        appendText([], width: blockBytes - block.count, to: &block)
        var sum: [UInt8] = []
        appendOctal(checksum(of: block[...]), digits: 6, to: &sum)
        block.replaceSubrange(checksumField.lowerBound..<checksumField.upperBound - 1, with: sum)
        return block
    }

    /// Nothing where path and target are short.
    static func paxHeader(path: [UInt8], link: [UInt8] = []) -> [UInt8] {
        var records: [UInt8] = []
        if path.count > maximumShortName { appendRecord("path", path, to: &records) }
        if link.count > maximumShortName { appendRecord("linkpath", link, to: &records) }
        guard !records.isEmpty else { return [] }
        let size = UInt64(records.count)
        let fields = UstarFields(name: Array("pax_header".utf8), mode: 0o644, size: size, type: "x")
        return ustarHeader(fields) + records + [UInt8](repeating: 0, count: padding(after: size))
    }

    static let magic: [UInt8] = Array("ustar\0".utf8) + Array("00".utf8)
    static let checksumField = 148..<156

    static func checksum(of block: ArraySlice<UInt8>) -> UInt64 {
        block.reduce(0) { $0 + UInt64($1) }
    }

    private static func appendText(_ text: [UInt8], width: Int, to bytes: inout [UInt8]) {
        bytes += text.prefix(width)
        bytes += [UInt8](repeating: 0, count: max(0, width - text.count))
    }

    private static func appendOctal(_ number: UInt64, digits: Int, to bytes: inout [UInt8]) {
        for digit in stride(from: digits - 1, through: 0, by: -1) {
            bytes.append(0x30 + UInt8(truncatingIfNeeded: number >> UInt64(3 * digit) & 7))
        }
        bytes.append(0)
    }

    /// `<length> <key>=<value>\n`, where the length counts its own digits too.
    private static func appendRecord(_ key: String, _ value: [UInt8], to bytes: inout [UInt8]) {
        let rest = key.utf8.count + value.count + 3
        var length = rest + 1
        while length != rest + decimal(length).count { length = rest + decimal(length).count }
        bytes += decimal(length)
        bytes.append(0x20)
        bytes += Array(key.utf8)
        bytes.append(0x3D)
        bytes += value
        bytes.append(0x0A)
    }

    private static func decimal(_ number: Int) -> [UInt8] { Array(String(number).utf8) }
}
