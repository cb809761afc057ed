/// One message on the wire: length (4 bytes, big endian, of all that follows), kind (1), request id (4, big endian),
/// body.
///
/// A reply carries the id of its request; ids are the coordinator's to choose.
public struct Frame: Equatable, Sendable {
    public var kind: UInt8
    public var id: UInt32
    public var body: [UInt8]

    public init(kind: UInt8, id: UInt32, body: [UInt8]) {
        self.kind = kind
        self.id = id
        self.body = body
    }

    static let headerBytes = 5

    public var encoded: [UInt8] {
        precondition(body.count <= ProtocolLimits.maximumFrameBytes - Self.headerBytes, "our own frame is too large")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 + Self.headerBytes + body.count)
        Self.append(UInt32(Self.headerBytes + body.count), to: &bytes)
        bytes.append(kind)
        Self.append(id, to: &bytes)
        bytes += body
        return bytes
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}

/// Cuts a byte stream into frames; holds at most one frame and what was just fed.
public struct FrameDecoder: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0

    public init() {}

    /// Takes in the next bytes of the stream.
    public mutating func feed(_ bytes: some Sequence<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer += bytes
    }

    /// The next whole frame, or nil until more bytes are fed.
    /// - Throws: ``WireError/endOfFrames`` at ``AttachMarks/end``, ``WireError/frameTooLarge`` or
    ///   ``WireError/truncated`` (a length too small for a header); the stream is of no more use then.
    public mutating func next() throws(WireError) -> Frame? {
        let available = buffer.count - start
        guard available >= 4 else { return nil }
        let length = Int(number(at: start))
        guard length > 0 else { throw .endOfFrames }
        guard length >= Frame.headerBytes else { throw .truncated }
        guard length <= ProtocolLimits.maximumFrameBytes else { throw .frameTooLarge }
        guard available >= 4 + length else { return nil }
        let bodyStart = start + 4 + Frame.headerBytes
        let end = start + 4 + length
        let frame = Frame(kind: buffer[start + 4], id: number(at: start + 5), body: Array(buffer[bodyStart..<end]))
        start = end
        return frame
    }

    private func number(at index: Int) -> UInt32 {
        buffer[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
