import AgentProtocol

/// The last bytes of an output, however long it is.
struct OutputTail {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ more: ArraySlice<UInt8>) {
        bytes += more.suffix(ProtocolLimits.maximumOutputBytes)
        let excess = bytes.count - ProtocolLimits.maximumOutputBytes
        if excess > 0 { bytes.removeFirst(excess) }
    }
}
