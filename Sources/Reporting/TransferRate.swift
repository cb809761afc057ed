import FleetModel

/// How fast bytes go out, over the last few seconds.
struct TransferRate: Sendable {
    private var samples: [(at: Duration, bytes: UInt64)] = []

    private static let window: Duration = .seconds(3)
    private static let maximumSamples = 256

    mutating func note(_ bytes: UInt64, at now: Duration) {
        samples.removeAll { $0.at < now - Self.window }
        if samples.count >= Self.maximumSamples { samples.removeFirst() }
        samples.append((now, bytes))
    }

    /// Nil where nothing was sent lately.
    func bytesPerSecond(at now: Duration) -> UInt64? {
        let recent = samples.filter { $0.at >= now - Self.window }
        guard let first = recent.first, now > first.at else { return nil }
        let milliseconds = max(250, (now - first.at).wholeMilliseconds)
        return recent.reduce(0) { $0 + $1.bytes } * 1000 / UInt64(milliseconds)
    }
}

/// `512 B`, `1.5 kB`, `32.1 MB`: decimal units, one digit.
public struct ByteCount: CustomStringConvertible {
    private let bytes: UInt64

    public init(_ bytes: UInt64) { self.bytes = bytes }

    public var description: String {
        var tenths = bytes >= UInt64.max / 10 ? bytes : bytes * 10
        for unit in ["B", "kB", "MB", "GB"] {
            if tenths < 10_000 { return unit == "B" ? "\(tenths / 10) B" : "\(tenths / 10).\(tenths % 10) \(unit)" }
            tenths /= 1000
        }
        return "\(tenths / 10) TB"
    }
}
