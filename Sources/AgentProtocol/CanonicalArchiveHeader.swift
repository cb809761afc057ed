/// Reads what ``CanonicalArchive/header(for:)`` writes, and nothing else.
enum CanonicalArchiveHeader {
    /// Both records of a pax header at their longest; sixteen bytes for each one's length and key.
    static let maximumPaxBytes = 2 * (ArchivePath.maximumBytes + 16)

    /// How many bytes the header at the start of `bytes` has, the pax header before it included.
    ///
    /// `bytes` holds a block at least, `path` is the entry's before, for the error.
    static func length(in bytes: ArraySlice<UInt8>, after path: [UInt8]) throws(ArchiveError) -> Int {
        let block = bytes.prefix(CanonicalArchive.blockBytes)
        try verify(block, after: path)
        guard type(of: block) == UInt8(ascii: "x") else { return block.count }
        guard let size = octal(block, sizeField), (1...UInt64(maximumPaxBytes)).contains(size) else {
            throw ArchiveError(.notCanonical, at: path)
        }
        return 2 * block.count + Int(size) + CanonicalArchive.padding(after: size)
    }

    /// The entry whose whole header, as long as ``length(in:after:)`` says, is `bytes`.
    static func decode(_ bytes: ArraySlice<UInt8>, after path: [UInt8]) throws(ArchiveError) -> ArchiveEntry {
        let block = bytes.suffix(CanonicalArchive.blockBytes)
        var names = PaxNames()
        if bytes.count > block.count {
            try verify(block, after: path)
            guard let size = octal(bytes, sizeField) else { throw ArchiveError(.notCanonical, at: path) }
            let records = bytes.dropFirst(CanonicalArchive.blockBytes).prefix(Int(size))
            guard let read = PaxNames(records) else { throw ArchiveError(.notCanonical, at: path) }
            names = read
        }
        let entry = try entry(in: block, names)
        if let problem = entry.problem { throw ArchiveError(problem, at: entry.path) }
        // One comparison stands for every rule on every field: owners, times, padding, how numbers are written.
        guard bytes.elementsEqual(CanonicalArchive.header(for: entry)) else {
            throw ArchiveError(.notCanonical, at: entry.path)
        }
        return entry
    }

    private static func entry(in block: ArraySlice<UInt8>, _ names: PaxNames) throws(ArchiveError) -> ArchiveEntry {
        let path = names.path ?? text(block, 0..<CanonicalArchive.maximumShortName)
        guard let mode = octal(block, modeField), let size = octal(block, sizeField) else {
            throw ArchiveError(.notCanonical, at: path)
        }
        let mode32 = UInt32(truncatingIfNeeded: mode)
        switch type(of: block) {
        case UInt8(ascii: "0"): return ArchiveEntry(path: path, content: .file(mode: mode32, size: size))
        case UInt8(ascii: "1"): throw ArchiveError(.hardLink, at: path)
        case UInt8(ascii: "2"):
            return ArchiveEntry(path: path, content: .symlink(target: names.link ?? text(block, linkField)))
        case UInt8(ascii: "3"), UInt8(ascii: "4"): throw ArchiveError(.device, at: path)
        case UInt8(ascii: "5"): return ArchiveEntry(path: path, content: .directory(mode: mode32))
        case UInt8(ascii: "6"): throw ArchiveError(.namedPipe, at: path)
        default: throw ArchiveError(.unsupportedType, at: path)
        }
    }

    // Where ustar keeps them (pax, "ustar Interchange Format").
    private static let modeField = 100..<108
    private static let sizeField = 124..<136
    private static let typeOffset = 156
    private static let linkField = 157..<257
    private static let magicField = 257..<265

    private static func verify(_ block: ArraySlice<UInt8>, after path: [UInt8]) throws(ArchiveError) {
        guard field(block, magicField).elementsEqual(CanonicalArchive.magic) else {
            throw ArchiveError(.notArchive, at: path)
        }
        let stored = field(block, CanonicalArchive.checksumField)
        let spaces = UInt64(stored.count) * 0x20
        let sum = CanonicalArchive.checksum(of: block) - CanonicalArchive.checksum(of: stored) + spaces
        guard octal(stored.prefix(7)) == sum else { throw ArchiveError(.wrongChecksum, at: path) }
    }

    private static func type(of block: ArraySlice<UInt8>) -> UInt8 { block[block.startIndex + typeOffset] }

    private static func field(_ block: ArraySlice<UInt8>, _ range: Range<Int>) -> ArraySlice<UInt8> {
        block.dropFirst(range.lowerBound).prefix(range.count)
    }

    private static func text(_ block: ArraySlice<UInt8>, _ range: Range<Int>) -> [UInt8] {
        Array(field(block, range).prefix { $0 != 0 })
    }

    private static func octal(_ block: ArraySlice<UInt8>, _ range: Range<Int>) -> UInt64? { octal(field(block, range)) }

    /// Octal digits up to a zero byte at the end; eleven at most, so that no sum overflows.
    private static func octal(_ field: ArraySlice<UInt8>) -> UInt64? {
        guard field.last == 0, field.count <= 12 else { return nil }
        var number: UInt64 = 0
        for digit in field.dropLast() {
            guard (0x30...0x37).contains(digit) else { return nil }
            number = number << 3 | UInt64(digit & 7)
        }
        return number
    }
}

/// The long names in a pax header. Whether they are the canonical ones is for the caller's comparison to find out.
private struct PaxNames {
    var path: [UInt8]?
    var link: [UInt8]?

    init() {}

    init?(_ records: ArraySlice<UInt8>) {
        var rest = records
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: 0x20), let length = Self.decimal(rest[..<space]), length <= rest.count
            else { return nil }
            let record = rest.prefix(length)
            guard space < record.endIndex, record.last == 0x0A, let equals = record.firstIndex(of: 0x3D), equals > space
            else { return nil }
            let value = Array(record[(equals + 1)...].dropLast())
            let key = record[(space + 1)..<equals]
            if key.elementsEqual("path".utf8) {
                path = value
            } else if key.elementsEqual("linkpath".utf8) {
                link = value
            } else {
                return nil
            }
            rest = rest.dropFirst(length)
        }
    }

    /// At most four digits, so that no sum overflows.
    private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...4).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 & 15) }
    }
}
