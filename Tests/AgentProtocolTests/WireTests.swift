import AgentProtocol
import Testing

@Suite struct WireTests {
    private func fields(_ bytes: [UInt8]) throws(WireError) -> [WireField] {
        var reader = WireReader(bytes[...])
        var fields: [WireField] = []
        while let field = try reader.next() { fields.append(field) }
        return fields
    }

    @Test(arguments: [1, 127, 128, 16383, 16384, 1 << 32, 1 << 63, .max] as [UInt64])
    func `numbers of any length are read as they were written`(number: UInt64) throws {
        var writer = WireWriter()
        writer.write(3, number)
        let read = try fields(writer.bytes)
        #expect(read.map(\.number) == [3])
        #expect(try read.first?.integer() == number)
    }

    @Test func `zero, false and empty are not written`() {
        var writer = WireWriter()
        writer.write(1, 0 as UInt64)
        writer.write(2, false)
        writer.write(3, "")
        writer.write(4, [])
        #expect(writer.bytes.isEmpty)
    }

    @Test(
        arguments: [
            ([0x08], WireError.truncated),  // a key without its number
            ([0x80], .truncated),  // half a key
            ([0x0A, 0x02, 0x61], .truncated),  // two bytes promised, one there
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .truncated),  // 2^64-1 bytes promised
            ([0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02], .malformedVarint),  // 65 bits
            ([0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], .malformedVarint),  // 11 bytes
            ([0x09, 0, 0, 0, 0, 0, 0, 0, 0], .unsupportedFieldType),  // fixed64
        ] as [([UInt8], WireError)])
    func `malformed bytes are refused`(bytes: [UInt8], error: WireError) {
        #expect(throws: error) { try fields(bytes) }
    }

    @Test func `a field is not read as what it is not`() throws {
        let read = try fields([0x08, 0x01, 0x12, 0x01, 0xFF])
        try #require(read.count == 2)
        #expect(throws: WireError.wrongFieldType) { try read[0].text() }
        #expect(throws: WireError.wrongFieldType) { try read[1].integer() }
        #expect(throws: WireError.invalidText) { try read[1].text() }
    }
}
