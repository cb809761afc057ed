import FleetModel

/// What hosts that failed have more often than others.
public struct Suspect: Hashable, Sendable, CustomStringConvertible {
    /// Something a host said of itself, such as `kernel` and `6.1.0-18`.
    public struct Fact: Hashable, Sendable, Comparable, CustomStringConvertible {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        public static func < (left: Fact, right: Fact) -> Bool { (left.name, left.value) < (right.name, right.value) }

        public var description: String {
            "\(name.printable(maximumBytes: 80)) \(value.printable(maximumBytes: 80))"
        }
    }

    /// Facts that exactly the same hosts have: nothing tells them apart.
    public var facts: [Fact]
    public var failedWith: Int
    public var failed: Int
    public var othersWith: Int
    public var others: Int
    /// The probability of this or more by chance, corrected for the number of facts looked at (Holm).
    public var p: Double

    /// Less than one in twenty of all such rankings names a fact as significant by chance.
    public static let significance = 0.05

    public var isSignificant: Bool { p <= Self.significance }

    /// `7/7 failures have kernel 6.1.0-18; 0/40 others do (p = 3e-07)`.
    public var description: String {
        let shown = facts.prefix(3).map(\.description).joined(separator: ", ")
        let rest = facts.count > 3 ? " and \(facts.count - 3) more facts" : ""
        let verdict = isSignificant ? "" : ", may be chance"
        return "\(failedWith)/\(failed) failures have \(shown)\(rest); \(othersWith)/\(others) others do "
            + "(p = \(p.brief(digits: 1))\(verdict))"
    }
}
