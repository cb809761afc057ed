/// What can be wrong with received bytes; none of it can crash the reader.
public enum WireError: Error, Equatable, Sendable {
    case truncated
    case malformedVarint
    case unsupportedFieldType
    case wrongFieldType
    case invalidText
    case missingField
    case unknownKind
    case tooManyRepeats
    case frameTooLarge
    /// Not a frame, but the mark that none follows.
    case endOfFrames
}

/// Reads what ``WireWriter`` writes. Fields may come in any order; unknown ones are the reader's to skip.
public struct WireReader {
    private var rest: ArraySlice<UInt8>

    public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The message that fills `bytes`.
    public static func decode<Message: WireMessage>(
        _ bytes: ArraySlice<UInt8>, as type: Message.Type = Message.self
    ) throws(WireError) -> Message {
        var reader = WireReader(bytes)
        return try Message(from: &reader)
    }

    /// The next field, or nil at the end.
    public mutating func next() throws(WireError) -> WireField? {
        guard !rest.isEmpty else { return nil }
        let key = try varint()
        switch key & 7 {
        case 0: return WireField(number: key >> 3, content: .number(try varint()))
        case 2:
            let count = try varint()
            guard count <= UInt64(rest.count) else { throw .truncated }
            let content = rest.prefix(Int(count))
            rest = rest.dropFirst(Int(count))
            return WireField(number: key >> 3, content: .bytes(content))
        default: throw .unsupportedFieldType
        }
    }

    private mutating func varint() throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { throw .truncated }
            let bits = UInt64(byte & 0x7F)
            // The tenth byte holds the 64th bit and no more.
            guard shift < 63 || bits <= 1 else { throw .malformedVarint }
            value |= bits << shift
            if byte < 0x80 { return value }
        }
        throw .malformedVarint
    }
}

/// One field: its number and its yet untyped content.
public struct WireField {
    enum Content {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    public let number: UInt64
    let content: Content

    /// - Throws: ``WireError/wrongFieldType``.
    public func integer() throws(WireError) -> UInt64 {
        guard case .number(let value) = content else { throw .wrongFieldType }
        return value
    }

    /// - Throws: ``WireError/wrongFieldType``.
    public func flag() throws(WireError) -> Bool { try integer() != 0 }

    /// - Throws: ``WireError/wrongFieldType``.
    public func bytes() throws(WireError) -> ArraySlice<UInt8> {
        guard case .bytes(let value) = content else { throw .wrongFieldType }
        return value
    }

    /// - Throws: ``WireError/wrongFieldType``, ``WireError/invalidText`` where it is not UTF-8.
    public func text() throws(WireError) -> String {
        let content = try bytes()
        let text = String(decoding: content, as: UTF8.self)
        // Decoding repairs invalid UTF-8; a repaired text is longer or different.
        guard text.utf8.elementsEqual(content) else { throw .invalidText }
        return text
    }

    /// - Throws: ``WireError``.
    public func message<Message: WireMessage>(_ type: Message.Type = Message.self) throws(WireError) -> Message {
        try WireReader.decode(try bytes())
    }

    /// Reads one more element of a repeated field.
    public func append<Message: WireMessage>(to messages: inout [Message]) throws(WireError) {
        guard messages.count < ProtocolLimits.maximumRepeats else { throw .tooManyRepeats }
        messages.append(try message())
    }
}
