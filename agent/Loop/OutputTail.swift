import AgentProtocol

/// The last bytes of an output, however long it is.
struct OutputTail {
    private let maximumBytes: Int
    private(set) var bytes: [UInt8] = []

    init(maximumBytes: Int = ProtocolLimits.maximumOutputBytes) { self.maximumBytes = maximumBytes }

    mutating func append(_ more: ArraySlice<UInt8>) {
        bytes += more.suffix(maximumBytes)
        let excess = bytes.count - maximumBytes
        if excess > 0 { bytes.removeFirst(excess) }
    }
}
