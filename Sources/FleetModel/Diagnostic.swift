/// A place in a text that a person wrote; lines and columns count from 1, columns in Unicode scalars.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
    public var file: String
    public var line: Int
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { "\(file):\(line):\(column)" }
}

/// What is wrong, where, and what to do about it, in the words a person reads.
///
/// Prints as `inventory.ini:14:9: unknown group 'wbe'; did you mean 'web'?`; the program adds `error: ` and `hint:`.
public struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
    public var problem: String
    public var location: SourceLocation?
    /// The remedy, a sentence or a command; nil where the problem itself says it.
    public var hint: String?

    public init(_ problem: String, at location: SourceLocation? = nil, hint: String? = nil) {
        self.problem = problem
        self.location = location
        self.hint = hint
    }

    public var description: String {
        guard let location else { return problem }
        return "\(location): \(problem)"
    }
}

/// All that is wrong with one input, never just the first thing.
public struct Diagnostics: Error, Hashable, Sendable, CustomStringConvertible {
    public var all: [Diagnostic]

    public init(_ all: [Diagnostic]) { self.all = all }

    public var description: String { all.map(\.description).joined(separator: "\n") }
}
