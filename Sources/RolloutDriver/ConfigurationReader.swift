import HostConfiguration
import FleetModel
import RolloutSpec
import InputFiles

/// From a spec's files, secrets and environment to a recipe: reads the templates, gets no secret yet.
struct ConfigurationReader {
    private let directory: String
    private var problems: [Diagnostic] = []

    private static let maximumFileBytes = 1 << 20

    /// Nil where the spec has no configuration.
    /// - Throws: every file that can't be read, every template that is malformed.
    static func recipe(
        of spec: RolloutSpec, in directory: String, _ variables: TemplateVariables
    ) throws(Diagnostics) -> ConfigurationRecipe? {
        guard !spec.placements.isEmpty else { return nil }
        var reader = ConfigurationReader(directory: directory)
        let files = reader.files(of: spec)
        guard reader.problems.isEmpty else { throw Diagnostics(reader.problems) }
        return try ConfigurationRecipe(
            files: files, secrets: spec.secrets, variables: variables, directory: directory)
    }

    private init(directory: String) { self.directory = directory }

    private mutating func files(of spec: RolloutSpec) -> [ConfigurationRecipe.File] {
        var files = spec.files.map { ConfigurationRecipe.File(content(of: $0.content), at: $0.placement) }
        if let environment = spec.environment {
            files.append(.init(.environment(environment.variables), at: environment.placement))
        }
        for (index, secret) in spec.secrets.enumerated() {
            if let placement = secret.placement { files.append(.init(.secret(index), at: placement)) }
        }
        return files
    }

    private mutating func content(of content: RolloutSpec.ConfigurationFile.Content) -> ConfigurationRecipe.Content {
        switch content {
        case .source(let path): return .source(read(path, as: "file"))
        case .template(let path):
            let bytes = read(path, as: "template")
            let text = String(decoding: bytes, as: UTF8.self)
            if !text.utf8.elementsEqual(bytes) {
                problems.append(Diagnostic("the template '\(path.text)' is not UTF-8", at: path.location))
            }
            return .template(text, file: path.text)
        }
    }

    private mutating func read(_ path: LocatedText, as kind: String) -> [UInt8] {
        let place = absolutePath(path.text, in: directory)
        do throws(InputFileError) {
            return try InputFile.read(place, maximumBytes: Self.maximumFileBytes)
        } catch {
            let hint = if case .unreadable = error { "looked for it at \(place)" } else { nil as String? }
            problems.append(Diagnostic("the \(kind) '\(path.text)' \(error)", at: path.location, hint: hint))
            return []
        }
    }
}
