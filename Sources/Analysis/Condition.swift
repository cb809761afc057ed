import FleetModel

/// What a number has to be: `< 0.01`, or `>= 0.9 and < 1.1`.
public struct Condition: Hashable, Sendable, CustomStringConvertible {
    /// How a number is compared.
    public enum Comparator: String, Hashable, Sendable, CaseIterable {
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case greater = ">"

        fileprivate func holds(_ value: Double, _ bound: Double) -> Bool {
            switch self {
            case .lessOrEqual: value <= bound
            case .greaterOrEqual: value >= bound
            case .equal: value == bound
            case .notEqual: value != bound
            case .less: value < bound
            case .greater: value > bound
            }
        }
    }

    /// One comparison of several that must all hold.
    public struct Term: Hashable, Sendable {
        public var comparator: Comparator
        public var bound: Double

        public init(_ comparator: Comparator, _ bound: Double) {
            self.comparator = comparator
            self.bound = bound
        }
    }

    /// Nobody needs more; a longer text is a mistake.
    public static let maximumTerms = 8

    public let terms: [Term]

    /// Reads what a person wrote.
    ///
    /// - Throws: What is wrong with it and how it is written; the place is the caller's to add.
    public init(_ text: String) throws(Diagnostic) {
        let words = text.split(whereSeparator: \.isWhitespace)
        let parts = words.split(separator: "and", omittingEmptySubsequences: false)
        guard parts.count <= Self.maximumTerms else {
            throw Diagnostic("a condition has at most \(Self.maximumTerms) comparisons")
        }
        var terms: [Term] = []
        for part in parts { terms.append(try Self.term(part.joined(), in: text)) }
        self.terms = terms
    }

    /// One comparison.
    public init(_ term: Term) { terms = [term] }

    private static func term(_ text: String, in condition: String) throws(Diagnostic) -> Term {
        // The longer operators are listed first, so that `<=` is not taken for `<`.
        let comparator = Comparator.allCases.first { text.hasPrefix($0.rawValue) }
        guard let comparator, let bound = decimalNumber(text.dropFirst(comparator.rawValue.count)) else {
            throw Diagnostic(
                "'\(condition.printable(maximumBytes: 80))' is not a condition",
                hint: "write an operator (< <= > >= == !=) and a number, such as \"< 0.01\" or \">= 1 and < 2\"")
        }
        return Term(comparator, bound)
    }

    /// Whether all comparisons hold.
    public func holds(_ value: Double) -> Bool { terms.allSatisfy { $0.comparator.holds(value, $0.bound) } }

    public var description: String {
        terms.map { "\($0.comparator.rawValue) \($0.bound.brief)" }.joined(separator: " and ")
    }
}
