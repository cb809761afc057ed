import FleetModel
import Foundation

extension ConfigurationRenderer {
    /// Shorter secrets are in any text by chance.
    private static let minimumLength = 6

    /// The text without the values of secrets, as far as they stand there as they are: whatever a service logs.
    public func redacted(_ text: String) -> String {
        values.reduce(text) { text, secret in
            // As files and environments hold it: without the line feed that an editor ends a file with.
            let value = String(decoding: secret.exposed, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard value.utf8.count >= Self.minimumLength else { return text }
            return text.replacingOccurrences(of: value, with: secret.description, options: .literal)
        }
    }
}
