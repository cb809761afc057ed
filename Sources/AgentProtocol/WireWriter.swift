/// Writes numbered fields in the encoding of Protocol Buffers (varint and length-delimited fields only), so that a
/// newer peer can add fields that an older one skips. Zero, false and empty are not written: they are what an absent
/// field means.
public struct WireWriter {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// A message's bytes.
    public static func encode(_ message: some WireMessage) -> [UInt8] {
        var writer = WireWriter()
        message.write(to: &writer)
        return writer.bytes
    }

    public mutating func write(_ field: UInt64, _ number: UInt64) {
        guard number != 0 else { return }
        append(varint: field << 3)
        append(varint: number)
    }

    public mutating func write(_ field: UInt64, _ flag: Bool) { write(field, flag ? 1 : 0 as UInt64) }

    public mutating func write(_ field: UInt64, _ text: String) {
        guard !text.utf8.isEmpty else { return }
        append(field, Array(text.utf8))
    }

    public mutating func write(_ field: UInt64, _ content: [UInt8]) {
        guard !content.isEmpty else { return }
        append(field, content)
    }

    /// A nested message; written even where it is empty, since its presence says something.
    public mutating func write(_ field: UInt64, _ message: some WireMessage) {
        append(field, Self.encode(message))
    }

    public mutating func write<Message: WireMessage>(_ field: UInt64, _ message: Message?) {
        if let message { write(field, message) }
    }

    public mutating func write<Message: WireMessage>(_ field: UInt64, _ messages: [Message]) {
        for message in messages { write(field, message) }
    }

    private mutating func append(_ field: UInt64, _ content: [UInt8]) {
        append(varint: field << 3 | 2)
        append(varint: UInt64(content.count))
        bytes += content
    }

    private mutating func append(varint: UInt64) {
        var rest = varint
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// A value that travels between coordinator and agent.
public protocol WireMessage: Sendable, Equatable {
    func write(to writer: inout WireWriter)
    /// - Throws: ``WireError`` where the bytes are not such a message.
    init(from reader: inout WireReader) throws(WireError)
}
