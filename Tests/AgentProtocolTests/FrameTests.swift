import AgentProtocol
import Testing

@Suite struct FrameTests {
    private let frames = [
        Frame(kind: 1, id: 0, body: []), Frame(kind: 255, id: .max, body: [1, 2, 3]),
        Frame(kind: 7, id: 0x0102_0304, body: [UInt8](repeating: 9, count: 1000)),
    ]

    @Test(arguments: [1, 2, 3, 7, 1000, 5000])
    func `frames come out whole however the stream is cut`(pieceBytes: Int) throws {
        let stream = frames.flatMap(\.encoded)
        var decoder = FrameDecoder()
        var read: [Frame] = []
        for start in stride(from: 0, to: stream.count, by: pieceBytes) {
            decoder.feed(stream[start..<min(start + pieceBytes, stream.count)])
            while let frame = try decoder.next() { read.append(frame) }
        }
        #expect(read == frames)
    }

    @Test func `the length comes first, in network byte order`() {
        #expect(Frame(kind: 2, id: 3, body: [4]).encoded == [0, 0, 0, 6, 2, 0, 0, 0, 3, 4])
    }

    @Test func `a frame of the largest size passes, one byte more is refused at its length`() throws {
        let largest = Frame(kind: 1, id: 1, body: [UInt8](repeating: 0, count: ProtocolLimits.maximumFrameBytes - 5))
        var decoder = FrameDecoder()
        decoder.feed(largest.encoded)
        #expect(try decoder.next() == largest)
        decoder.feed([0, 0x10, 0, 1])
        #expect(throws: WireError.frameTooLarge) { try decoder.next() }
    }

    @Test func `a length too small for a header is refused`() {
        var decoder = FrameDecoder()
        decoder.feed([0, 0, 0, 4, 1, 0, 0, 0])
        #expect(throws: WireError.truncated) { try decoder.next() }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `a damaged stream ends in an error or in frames, never in a crash`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let stream = mutate(frames.flatMap(\.encoded), using: &generator)
        var decoder = FrameDecoder()
        var bodyBytes = 0
        for byte in stream {
            decoder.feed([byte])
            do {
                while let frame = try decoder.next() { bodyBytes += frame.body.count }
            } catch { break }
        }
        #expect(bodyBytes <= stream.count)
    }
}
