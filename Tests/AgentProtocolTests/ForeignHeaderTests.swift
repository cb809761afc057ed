import AgentProtocol
import Testing

/// Headers that tar programs write and we refuse, made by changing ours and mending the checksum.
@Suite struct ForeignHeaderTests {
    private func problem(of header: [UInt8]) -> ArchiveError.Problem? {
        do {
            _ = try read(header + CanonicalArchive.trailer)
            return nil
        } catch { return error.problem }
    }

    private func changed(_ offset: Int, to bytes: [UInt8]) -> [UInt8] {
        var block = SampleEntry.file("name", "").stored
        block.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        return mended(block)
    }

    private func mended(_ block: [UInt8]) -> [UInt8] {
        var block = block
        block.replaceSubrange(148..<156, with: Array("        ".utf8))
        let sum = block.reduce(0) { $0 + Int($1) }
        block.replaceSubrange(148..<155, with: octal(sum, digits: 6))
        return block
    }

    private func octal(_ number: Int, digits: Int) -> [UInt8] {
        let text = String(number, radix: 8)
        return Array((String(repeating: "0", count: digits - text.count) + text + "\0").utf8)
    }

    @Test(
        arguments: [
            ("1", .hardLink), ("3", .device), ("4", .device), ("6", .namedPipe), ("7", .unsupportedType),
            ("g", .unsupportedType), ("L", .unsupportedType), ("S", .unsupportedType), ("\0", .unsupportedType),
        ] as [(String, ArchiveError.Problem)])
    func `other types are refused`(type: String, problem: ArchiveError.Problem) {
        #expect(self.problem(of: changed(156, to: Array(type.utf8))) == problem)
    }

    @Test(arguments: [0o4755, 0o2755, 0o1755, 0o7777])
    func `special mode bits are refused`(mode: Int) {
        let octal = "000" + String(mode, radix: 8)
        #expect(problem(of: changed(100, to: Array(octal.utf8))) == .specialModeBits)
    }

    @Test(arguments: [
        (100, "   644 \0"),  // spaces, as old programs write
        (100, "0000644 "),  // no zero byte
        (108, "0001750\0"),  // an owner
        (124, "00000000000 "),  // no zero byte
        (124, "\u{80}"),  // base-256
        (136, "00000000001\0"),  // a time
        (256, "x"),  // a link name at a file
        (265, "root\0"),  // an owner's name
        (329, "0000001\0"),  // a device number
        (345, "prefix"),  // ustar's way of long paths
        (511, "x"),  // something in the padding
        (50, "x"),  // something behind the name's end
    ])
    func `fields that are not canonical are refused`(offset: Int, text: String) {
        #expect(problem(of: changed(offset, to: Array(text.utf8))) == .notCanonical)
    }

    @Test func `GNU and old headers are refused`() {
        #expect(problem(of: changed(257, to: Array("ustar  \0".utf8))) == .notArchive)
        #expect(problem(of: changed(257, to: [UInt8](repeating: 0, count: 8))) == .notArchive)
    }

    @Test func `a wrong checksum is refused`() {
        var block = SampleEntry.file("name", "").stored
        block[0] = UInt8(ascii: "N")
        #expect(problem(of: block) == .wrongChecksum)
    }

    @Test(arguments: [
        "5 a=b\n", "99999 path=x\n", "-5 path=x\n", "path", "12 path=short\n", "12 path=shor\n13 path=other\n",
        "16 mtime=123456\n", " path=x\n", "7 path=\n", "1 path=x\n", "999999999999999999999 path=x\n",
    ])
    func `pax headers that are not canonical are refused`(records: String) {
        #expect(problem(of: paxHeader(records) + SampleEntry.file("name", "").stored) == .notCanonical)
    }

    @Test func `a pax header for a long name is read`() throws {
        let name = String(repeating: "n", count: 101)
        let stored = SampleEntry.file(name, "").stored
        #expect(Array(stored.prefix(1024)) == paxHeader("111 path=\(name)\n"))
        #expect(problem(of: stored) == nil)
    }

    private func paxHeader(_ records: String) -> [UInt8] {
        let bytes = Array(records.utf8)
        var block = SampleEntry.file("pax_header", "").stored
        block[156] = UInt8(ascii: "x")
        block.replaceSubrange(124..<136, with: octal(bytes.count, digits: 11))
        let padding = CanonicalArchive.padding(after: UInt64(bytes.count))
        return mended(block) + bytes + [UInt8](repeating: 0, count: padding)
    }
}
