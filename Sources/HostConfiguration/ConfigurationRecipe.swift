import FleetModel
import RolloutSpec

/// All that makes the configuration of a rollout's hosts, but for the secrets' values: whoever resumes the rollout
/// makes the same again.
public struct ConfigurationRecipe: Sendable, Hashable, Codable {
    /// Where a file's content comes from.
    public enum Content: Sendable, Hashable, Codable {
        /// A template's text, and the file that it was read from.
        case template(String, file: String)
        /// The same for every host.
        case source([UInt8])
        case environment([RolloutSpec.EnvironmentFile.Variable])
        /// The value of the secret with this index.
        case secret(Int)
    }

    /// One file of the configuration.
    public struct File: Sendable, Hashable, Codable {
        public var content: Content
        public var placement: RolloutSpec.Placement

        public init(_ content: Content, at placement: RolloutSpec.Placement) {
            (self.content, self.placement) = (content, placement)
        }
    }

    public var files: [File]
    /// Where the secrets' values come from.
    public var secrets: [RolloutSpec.SecretSource]
    /// Only those that templates name.
    public var variables: TemplateVariables
    /// Relative paths and commands of secrets start here.
    public var directory: String

    /// A recipe; `variables` is cut down to what the files name.
    /// - Throws: every mistake in a template.
    public init(
        files: [File], secrets: [RolloutSpec.SecretSource], variables: TemplateVariables, directory: String
    ) throws(Diagnostics) {
        (self.files, self.secrets, self.directory) = (files, secrets, directory)
        self.variables = variables.restricted(
            to: try CompiledFile.compile(files).reduce(into: []) { $0.formUnion($1.names) })
    }
}
