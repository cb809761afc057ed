import FleetModel

/// What stands in the brackets of `web[01:50:2]` or `db-[a:f]`; both ends belong to it.
struct HostRange {
    /// Numbers, or the letters' ASCII codes.
    private let first: Int
    private let last: Int
    private let step: Int
    /// Digits to fill up with zeros; 0 for none.
    private let width: Int
    private let isAlphabetic: Bool

    /// Why the text is no range.
    struct Malformed: Error { var problem: String }

    /// How many names it stands for; at least 1.
    var count: Int { (last - first) / step + 1 }

    /// The texts in the place of the brackets, in order.
    var values: [String] {
        stride(from: first, through: last, by: step).map { number in
            if isAlphabetic { return String(decoding: [UInt8(number)], as: UTF8.self) }
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
    }

    init(_ text: String) throws(Malformed) {
        let shown = text.printable(maximumBytes: 80)
        let bounds = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard bounds.count == 2 || bounds.count == 3 else {
            throw Malformed(problem: "'[\(shown)]' is no range: it is written [first:last] or [first:last:step]")
        }
        guard !bounds[1].isEmpty else { throw Malformed(problem: "the range '[\(shown)]' has no end") }
        step = try Self.step(bounds.count == 3 ? bounds[2] : "1", of: shown)
        // Ansible lets `[:5]` begin at 0.
        let begin = bounds[0].isEmpty ? "0" : bounds[0]
        if let letters = Self.letters(begin, bounds[1]) {
            (first, last) = letters
            (width, isAlphabetic) = (0, true)
        } else {
            (first, last) = try Self.numbers(begin, bounds[1], of: shown)
            (width, isAlphabetic) = (begin.hasPrefix("0") && begin.utf8.count > 1 ? begin.utf8.count : 0, false)
        }
        if width > 0, width != bounds[1].utf8.count {
            throw Malformed(
                problem:
                    "the range '[\(shown)]' begins with zeros, so both its ends must have the same number of digits"
            )
        }
        guard first <= last else { throw Malformed(problem: "the range '[\(shown)]' ends before it begins") }
    }

    private static func step(_ step: String, of shown: String) throws(Malformed) -> Int {
        guard let step = number(step), step > 0 else {
            throw Malformed(problem: "the step of the range '[\(shown)]' is not a number above 0")
        }
        return step
    }

    private static func letters(_ begin: String, _ end: String) -> (Int, Int)? {
        guard let first = begin.utf8.first, let last = end.utf8.first, begin.utf8.count == 1, end.utf8.count == 1,
            Byte.isLetter(first), Byte.isLetter(last), first & 0x20 == last & 0x20
        else { return nil }
        return (Int(first), Int(last))
    }

    private static func numbers(_ begin: String, _ end: String, of shown: String) throws(Malformed) -> (Int, Int) {
        guard let first = number(begin), let last = number(end) else {
            throw Malformed(
                problem: "the ends of the range '[\(shown)]' are neither two numbers nor two letters of one case")
        }
        return (first, last)
    }

    /// At most 18 digits, which fit in 64 bits.
    private static func number(_ text: String) -> Int? {
        (1...18).contains(text.utf8.count) && text.utf8.allSatisfy(Byte.isDigit) ? Int(text) : nil
    }
}
