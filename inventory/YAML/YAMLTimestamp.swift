/// Dates of YAML 1.1, which Ansible prints in ISO 8601.
struct YAMLTimestamp {
    private var rest: Substring

    /// The text in the form of Python's `isoformat`; nil where it is no date that exists.
    static func isoText(of text: String) -> String? {
        var reader = YAMLTimestamp(rest: text[...])
        guard let (date, isWide) = reader.readDate() else { return nil }
        if reader.rest.isEmpty { return isWide ? date : nil }
        guard let time = reader.readTime(), let zone = reader.readZone(), reader.rest.isEmpty else { return nil }
        return date + "T" + time + zone
    }

    /// The second is true where month and day have two digits each, as a date without time must.
    private mutating func readDate() -> (String, Bool)? {
        guard let year = digits(4...4), take("-"), let month = digits(1...2), take("-"), let day = digits(1...2),
            let (y, m, d) = Self.numbers(year, month, day), y > 0, (1...12).contains(m),
            (1...Self.days(of: m, in: y)).contains(d)
        else { return nil }
        return ("\(year)-\(Self.padded(month))-\(Self.padded(day))", month.count == 2 && day.count == 2)
    }

    private mutating func readTime() -> String? {
        if !take("T"), !take("t") {
            guard let first = rest.first, first == " " || first == "\t" else { return nil }
            skipBlanks()
        }
        guard let hour = digits(1...2), take(":"), let minute = digits(2...2), take(":"), let second = digits(2...2),
            let (h, m, s) = Self.numbers(hour, minute, second), h < 24, m < 60, s < 60
        else { return nil }
        let time = "\(Self.padded(hour)):\(minute):\(second)"
        guard take(".") else { return time }
        // Microseconds: six digits, further ones are cut off.
        let fraction = digits(0...Int.max) ?? ""
        let micro = fraction.prefix(6) + String(repeating: "0", count: max(0, 6 - fraction.count))
        return micro.allSatisfy { $0 == "0" } ? time : "\(time).\(micro)"
    }

    private mutating func readZone() -> String? {
        skipBlanks()
        if rest.isEmpty { return "" }
        if take("Z") { return "+00:00" }
        guard let sign = rest.first, sign == "+" || sign == "-" else { return nil }
        rest.removeFirst()
        guard let hour = digits(1...2), let hours = Int(hour), hours < 24 else { return nil }
        guard take(":") else { return "\(hours == 0 ? "+" : sign)\(Self.padded(hour)):00" }
        guard let minute = digits(2...2), let minutes = Int(minute), minutes < 60 else { return nil }
        return "\(hours == 0 && minutes == 0 ? "+" : sign)\(Self.padded(hour)):\(minute)"
    }

    private mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skipBlanks() { rest = rest.drop { $0 == " " || $0 == "\t" } }

    private mutating func digits(_ count: ClosedRange<Int>) -> Substring? {
        let found = rest.prefix(count.upperBound).prefix { $0.isASCII && $0.isNumber }
        guard count.contains(found.count) else { return nil }
        rest = rest[found.endIndex...]
        return found
    }

    private static func numbers(_ a: Substring, _ b: Substring, _ c: Substring) -> (Int, Int, Int)? {
        guard let a = Int(a), let b = Int(b), let c = Int(c) else { return nil }
        return (a, b, c)
    }

    private static func padded(_ digits: Substring) -> String { digits.count == 1 ? "0\(digits)" : String(digits) }

    private static func days(of month: Int, in year: Int) -> Int {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}
