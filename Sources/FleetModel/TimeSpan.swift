/// Durations as people write them: `500ms`, `10s`, `5m`, `1h30m`, `2d`.
extension Duration {
    /// Reads one or more numbers with units `ms`, `s`, `m`, `h`, `d`, the larger first; nil for anything else.
    public init?(spoken text: String) {
        var rest = Substring(text)
        var milliseconds: Int64 = 0
        var smallestSoFar = Int64.max
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Int64(digits), number <= 1_000_000_000, let scale = unitScales[String(unit)],
                scale < smallestSoFar
            else { return nil }
            smallestSoFar = scale
            milliseconds += number * scale
        }
        guard smallestSoFar != .max else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// The whole milliseconds in this duration, rounded towards zero; saturates.
    public var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? (seconds < 0 ? .min : .max) : product + attoseconds / 1_000_000_000_000_000
    }

    /// The shortest text that ``init(spoken:)`` reads back, to the millisecond.
    public var spoken: String {
        var rest = wholeMilliseconds
        guard rest > 0 else { return "0s" }
        var text = ""
        let units: [(String, Int64)] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]
        for (unit, scale) in units where rest >= scale {
            text += "\(rest / scale)\(unit)"
            rest %= scale
        }
        return text
    }
}

private let unitScales: [String: Int64] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
