import FleetModel

extension ConfigurationRenderer {
    /// Shorter secrets are in any text by chance.
    private static let minimumLength = 6

    /// The text without the values of secrets, as far as they stand there as they are: whatever a service logs.
    public func redacted(_ text: String) -> String {
        values.reduce(text) { text, secret in
            // Line by line: so a log shows a key of several lines, and an editor ends a file with a line feed.
            String(decoding: secret.exposed, as: UTF8.self).split(separator: "\n")
                .filter { $0.utf8.count >= Self.minimumLength }
                .reduce(text) { $0.replacing($1, with: secret.description) }
        }
    }
}
