import FleetModel

/// Takes the values of secrets out of text, as far as they stand there as they are: whatever a service says or logs.
public struct Redaction: Sendable {
    /// Shorter secrets are in any text by chance.
    private static let minimumLength = 6

    /// The longest first: one may be part of another.
    private let values: [String]

    /// One that takes nothing out.
    public static let none = Redaction(of: [])

    public init(of secrets: [Secret]) {
        // Line by line: so a log shows a key of several lines, and an editor ends a file with a line feed.
        let lines = secrets.flatMap { secret in
            String(decoding: secret.exposed, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
        }
        values = Set(lines.filter { $0.utf8.count >= Self.minimumLength })
            .sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }

    /// The text without the values. What is cut or made printable afterwards is cut without half a secret left.
    public func callAsFunction(_ text: String) -> String {
        values.reduce(text) { $0.replacing($1, with: Secret([]).description) }
    }

    /// As text of UTF-8.
    public func callAsFunction(_ bytes: [UInt8]) -> [UInt8] {
        values.isEmpty ? bytes : Array(self(String(decoding: bytes, as: UTF8.self)).utf8)
    }
}
