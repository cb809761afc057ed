/// Output that is kept up to a limit.
struct BoundedBytes {
    enum Part { case beginning, end }

    private(set) var bytes: [UInt8] = []
    private(set) var droppedCount = 0
    let limit: Int
    let keeps: Part

    init(limit: Int, keeps: Part) {
        self.limit = max(0, limit)
        self.keeps = keeps
    }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        switch keeps {
        case .beginning:
            let taken = min(more.count, limit - bytes.count)
            bytes.append(contentsOf: more[..<taken])
            droppedCount += more.count - taken
        case .end:
            bytes.append(contentsOf: more.suffix(limit))
            droppedCount += max(0, more.count - limit)
            let excess = bytes.count - limit
            if excess > 0 {
                bytes.removeFirst(excess)
                droppedCount += excess
            }
        }
    }
}
