import AgentProtocol
import FleetModel

/// Finds the agent's frames in what a remote command prints: between ``AttachMarks``, with whatever login shells print
/// before and after.
struct MarkedFrames {
    /// A login shell that prints more before it does what it is told is not waited for, in bytes.
    static let maximumNoiseBytes = 8 << 20
    /// Of the noise, for errors.
    private static let keptNoiseBytes = 1024

    private var decoder = FrameDecoder()
    /// The last of what came before the beginning.
    private var noise: [UInt8] = []
    private var noiseCount = 0
    private var hasBegun = false
    private var hasEnded = false

    /// Takes in the next bytes of the stream.
    /// - Throws: ``AgentError/shellProblem(_:)`` where there is only noise.
    mutating func feed(_ bytes: [UInt8]) throws(AgentError) {
        if hasEnded { return }
        if hasBegun { return decoder.feed(bytes) }
        noise += bytes
        noiseCount += bytes.count
        if let beginning = Self.end(of: AttachMarks.beginning, in: noise) {
            hasBegun = true
            decoder.feed(noise[beginning...])
            noise = []
        } else if noiseCount > Self.maximumNoiseBytes {
            throw .shellProblem("it prints more than \(Self.maximumNoiseBytes >> 20) MiB before coord-agent starts")
        } else {
            noise = Array(noise.suffix(Self.keptNoiseBytes))
        }
    }

    /// The next whole frame, or nil until more bytes are fed, and for good at the end.
    mutating func next() throws(WireError) -> Frame? {
        guard hasBegun, !hasEnded else { return nil }
        do {
            return try decoder.next()
        } catch .endOfFrames {
            hasEnded = true
            return nil
        } catch { throw error }
    }

    /// The last line that was printed where the agent's beginning is still missing; empty where there is none.
    var lastNoise: String {
        let text = String(decoding: noise, as: UTF8.self).printable()
        return text.split(separator: "\n").last { $0.contains { !$0.isWhitespace } }.map(String.init) ?? ""
    }

    private static func end(of mark: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= mark.count else { return nil }
        let start = (0...bytes.count - mark.count).first { start in
            bytes[start] == mark[0] && bytes[start..<start + mark.count].elementsEqual(mark)
        }
        return start.map { $0 + mark.count }
    }
}
