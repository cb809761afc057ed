/// One breach of a house rule, and where it is.
struct Violation: Equatable, CustomStringConvertible {
    var file: String
    var line: Int
    var problem: String

    var description: String { "\(file):\(line): \(problem)" }
}

extension [Violation] {
    /// One breach a line, for a test's failure message.
    var listing: String { map(\.description).joined(separator: "\n") }
}
