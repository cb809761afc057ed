import FleetModel

/// A regular expression over the beginnings of names.
///
/// Swift's engine goes back and forth without bound where a repetition or a choice is repeated, or many follow each
/// other, and its parser ends the program where classes stand in each other; such expressions are refused, for names
/// need none.
struct NameExpression {
    /// `.*`, `a+`, `x{2,}`: each may multiply the time by the length of the name.
    private static let maximumRepetitions = 4
    /// The ways through `a?` and `(a|b)`, each multiplied by those of the next.
    private static let maximumChoices = 4096
    /// The same with repetitions, each of which is taken for as many ways as names are long.
    private static let maximumWays = 1 << 20
    /// A person types it.
    private static let maximumBytes = 4096

    private let expression: Regex<AnyRegexOutput>

    /// - Throws: where the text is no regular expression, or could take forever.
    init(_ text: String) throws(Diagnostic) {
        let shown = text.printable(maximumBytes: 200)
        if let problem = Self.problem(of: text) {
            throw Diagnostic(
                "the regular expression '\(shown)' \(problem)", hint: "use a simpler one, or globs: web*.example")
        }
        guard let expression = try? Regex(text) else {
            throw Diagnostic(
                "'\(shown)' is no regular expression", hint: #"behind '~' stands one, as in ~web-\d+; globs need none"#)
        }
        self.expression = expression.matchingSemantics(.unicodeScalar).wordBoundaryKind(.simple)
    }

    func matches(_ name: String) -> Bool { (try? expression.prefixMatch(in: name)) != nil }

    private static func problem(of text: String) -> String? {
        guard text.utf8.count <= maximumBytes else { return "has more than \(maximumBytes) bytes" }
        let shape = ExpressionShape(of: text)
        if shape.isNested { return "repeats what is itself a repetition or a choice" }
        if shape.hasNestedClass { return "has a '[' inside of brackets, which is written \\[" }
        if shape.repetitions > maximumRepetitions { return "repeats more than \(maximumRepetitions) times" }
        let isLimited = shape.choices <= Double(maximumChoices) && shape.ways <= Double(maximumWays)
        return isLimited ? nil : "has too many ways to match"
    }
}

/// What decides how long an expression may take.
private struct ExpressionShape {
    /// Those without upper bound.
    private(set) var repetitions = 0
    /// The ways through all choices; may be infinite.
    private(set) var choices = 1.0
    /// The ways through all choices and repetitions.
    var ways: Double { (0..<repetitions).reduce(choices) { ways, _ in ways * Self.usualLength } }
    /// Of a name, in characters.
    private static let usualLength = 32.0
    /// A group is repeated that holds a repetition or a choice.
    private(set) var isNested = false
    private(set) var hasNestedClass = false
    /// For every open group, the text itself first: its alternatives, and whether it can match in several ways.
    private var groups = [(alternatives: 1.0, isManifold: false)]
    private var rest: Substring.UnicodeScalarView

    init(of text: String) {
        rest = text.unicodeScalars[...]
        var closedManifold = false
        while let scalar = rest.popFirst() {
            let isBehindManifold = closedManifold
            closedManifold = false
            switch scalar {
            case "\\": _ = rest.popFirst()
            case "[": skipClass()
            case "(": openGroup()
            case ")": closedManifold = closeGroup()
            case "|":
                groups[groups.count - 1].alternatives += 1
                // Of the text itself, only one alternative is tried with what follows: nothing.
                if groups.count > 1 { markManifold() }
            case "*", "+", "?", "{":
                repetition(scalar)
                isNested = isNested || isBehindManifold
            default: break
            }
        }
        choices *= groups.dropFirst().reduce(1) { $0 * $1.alternatives }
    }

    private mutating func openGroup() {
        groups.append((1, false))
        // `(?:`, `(?i)`: no repetition.
        if rest.first == "?" { rest.removeFirst() }
    }

    /// True where the group can match in several ways.
    private mutating func closeGroup() -> Bool {
        guard groups.count > 1 else { return false }
        let group = groups.removeLast()
        choices *= group.alternatives
        return group.isManifold
    }

    private mutating func repetition(_ scalar: Unicode.Scalar) {
        if scalar == "?" {
            choices *= 2
        } else if scalar != "{" || rest.prefix(while: { $0 != "}" }).contains(",") {
            // A fixed number, as in `[0-9]{3}`, leaves nothing to try.
            repetitions += 1
        }
        if scalar == "{" { rest = rest.drop { $0 != "}" }.dropFirst() }
        // `.*?` and `.*+` are one repetition.
        if scalar != "?", rest.first == "?" || rest.first == "+" { rest.removeFirst() }
        markManifold()
    }

    private mutating func markManifold() {
        for index in groups.indices { groups[index].isManifold = true }
    }

    /// A `]` at the beginning belongs to the class.
    private mutating func skipClass() {
        if rest.first == "^" { rest.removeFirst() }
        if rest.first == "]" { rest.removeFirst() }
        while let scalar = rest.popFirst(), scalar != "]" {
            if scalar == "\\" { _ = rest.popFirst() }
            if scalar == "[" { hasNestedClass = true }
        }
    }
}
