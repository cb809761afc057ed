/// A pattern of ssh_config(5) over a whole text: `*`, `?`, and `!` before it; capitals count.
struct WildcardPattern: Sendable {
    let bytes: [UInt8]
    let isNegated: Bool

    init(_ text: Substring) {
        isNegated = text.hasPrefix("!")
        bytes = Array((isNegated ? text.dropFirst() : text).utf8)
    }

    /// Goes back only to the last `*`, so it takes at most |pattern| × |text| steps.
    func matches(_ text: [UInt8]) -> Bool {
        var (pattern, position) = (0, 0)
        var retry: (pattern: Int, position: Int)?
        while position < text.count {
            if pattern < bytes.count, bytes[pattern] == UInt8(ascii: "*") {
                retry = (pattern, position)
                pattern += 1
            } else if pattern < bytes.count,
                bytes[pattern] == UInt8(ascii: "?") || bytes[pattern] == text[position]
            {
                pattern += 1
                position += 1
            } else if let last = retry {
                pattern = last.pattern + 1
                position = last.position + 1
                retry = (last.pattern, position)
            } else {
                return false
            }
        }
        return bytes[pattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

/// Patterns of which at least one must match, and none of the negated.
struct PatternList: Sendable {
    private let patterns: [WildcardPattern]

    /// `Host a b !c`
    init(words: [String]) { patterns = words.map { WildcardPattern($0[...]) } }

    /// `a,b,!c` as in Match; hosts are compared in lower case there.
    init(commaSeparated text: String) { patterns = text.split(separator: ",").map(WildcardPattern.init) }

    func matches(_ text: String) -> Bool { matches(Array(text.utf8)) }

    func matches(_ text: [UInt8]) -> Bool {
        var isMatch = false
        for pattern in patterns where pattern.matches(text) {
            if pattern.isNegated { return false }
            isMatch = true
        }
        return isMatch
    }
}
