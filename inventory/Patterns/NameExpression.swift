import FleetModel

/// A regular expression over the beginnings of names.
///
/// Swift's engine goes back and forth without bound where a repetition stands in another one, or many follow each
/// other; such expressions are refused, for names need none.
struct NameExpression {
    /// `.*`, `a+`, `x{2,}`: each may multiply the time by the length of the name.
    private static let maximumRepetitions = 4

    private let expression: Regex<AnyRegexOutput>

    /// - Throws: where the text is no regular expression, or could take forever.
    init(_ text: String) throws(Diagnostic) {
        let shown = text.printable(maximumBytes: 200)
        let shape = Self.shape(of: text)
        guard !shape.isNested, shape.repetitions <= Self.maximumRepetitions else {
            throw Diagnostic(
                "the regular expression '\(shown)' repeats "
                    + (shape.isNested ? "what is itself a repetition" : "more than \(Self.maximumRepetitions) times"),
                hint: "use a simpler one, or globs: web*.example")
        }
        guard let expression = try? Regex(text) else {
            throw Diagnostic(
                "'\(shown)' is no regular expression", hint: #"behind '~' stands one, as in ~web-\d+; globs need none"#)
        }
        self.expression = expression.matchingSemantics(.unicodeScalar).wordBoundaryKind(.simple)
    }

    func matches(_ name: String) -> Bool { (try? expression.prefixMatch(in: name)) != nil }

    /// Counts repetitions without upper bound, and finds those of groups that hold one.
    private static func shape(of text: String) -> (repetitions: Int, isNested: Bool) {
        var repetitions = 0
        var isNested = false
        // For every open parenthesis: whether a repetition stands behind it.
        var groups = [false]
        var closedHasRepetition = false
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            let isBehindGroup = closedHasRepetition
            closedHasRepetition = false
            switch scalar {
            case "\\": _ = rest.popFirst()
            case "[": skipClass(&rest)
            case "(": groups.append(false)
            case ")": if groups.count > 1 { closedHasRepetition = groups.removeLast() }
            case "*", "+", "{":
                // A fixed number, as in `[0-9]{3}`, leaves nothing to try.
                let bounds = scalar == "{" ? rest.prefix { $0 != "}" } : []
                if scalar != "{" || bounds.contains(",") { repetitions += 1 }
                isNested = isNested || isBehindGroup
                groups = groups.map { _ in true }
            default: break
            }
        }
        return (repetitions, isNested)
    }

    /// A `]` at the beginning belongs to the class.
    private static func skipClass(_ rest: inout Substring.UnicodeScalarView) {
        if rest.first == "^" { rest.removeFirst() }
        if rest.first == "]" { rest.removeFirst() }
        while let scalar = rest.popFirst(), scalar != "]" {
            if scalar == "\\" { _ = rest.popFirst() }
        }
    }
}
