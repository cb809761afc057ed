/// Bytes as they come, in lines.
struct LineSplitter {
    private var rest: [UInt8] = []

    /// Bytes of a line; a longer one is given in pieces.
    let maximumBytes: Int

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// The lines that `bytes` complete, without their line feeds.
    mutating func lines(adding bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if part.offset > 0 {
                lines.append(rest)
                rest = []
            }
            rest += part.element
            while rest.count > maximumBytes {
                lines.append(Array(rest.prefix(maximumBytes)))
                rest.removeFirst(maximumBytes)
            }
        }
        return lines
    }

    /// What came after the last line feed, if anything.
    mutating func remainder() -> [UInt8]? {
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }
}
