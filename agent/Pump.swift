import Glibc

/// Carries bytes from one descriptor to another; neither blocks.
struct Pump {
    private static let maximumBytes = 256 << 10

    private let source: Int32
    private let target: Int32
    private var buffer: [UInt8] = []
    private var hasEnded = false
    private var isBroken = false

    init(from source: Int32, to target: Int32) { (self.source, self.target) = (source, target) }

    /// All that came has gone, or it never can.
    var isOver: Bool { isBroken || (hasEnded && buffer.isEmpty) }

    /// What to wait for.
    var polled: [pollfd] {
        let reads = !hasEnded && buffer.count < Self.maximumBytes
        return [
            pollfd(fd: reads ? source : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: buffer.isEmpty ? -1 : target, events: Int16(POLLOUT), revents: 0),
        ]
    }

    mutating func move() {
        if !hasEnded, buffer.count < Self.maximumBytes { fill() }
        if !buffer.isEmpty { drain() }
    }

    private mutating func fill() {
        var part = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(source, &part, part.count)
        if count > 0 { buffer += part[..<count] }
        if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { hasEnded = true }
    }

    private mutating func drain() {
        let count = buffer.withUnsafeBytes { write(target, $0.baseAddress, $0.count) }
        if count > 0 { buffer.removeFirst(count) }
        if count < 0, errno != EAGAIN, errno != EINTR { isBroken = true }
    }
}
