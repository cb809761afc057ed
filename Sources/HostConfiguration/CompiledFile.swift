import FleetModel
import RolloutSpec

/// A file of the configuration whose templates have been read.
struct CompiledFile: Sendable {
    enum Content: Sendable {
        case template(Template)
        case source([UInt8])
        case environment([(name: String, value: Template, location: SourceLocation)])
        case secret(Int)
    }

    let content: Content
    let placement: RolloutSpec.Placement

    /// What its templates name.
    var names: Set<String> {
        switch content {
        case .template(let template): template.names
        case .environment(let variables): variables.reduce(into: []) { $0.formUnion($1.value.names) }
        case .source, .secret: []
        }
    }

    /// It is a secret as a whole.
    var isSecret: Bool {
        if case .secret = content { true } else { names.contains(TemplateVariables.secretName) }
    }

    /// - Throws: every mistake in a template.
    static func compile(_ files: [ConfigurationRecipe.File]) throws(Diagnostics) -> [CompiledFile] {
        var problems: [Diagnostic] = []
        let compiled = files.map { file in
            CompiledFile(content: content(file.content, &problems), placement: file.placement)
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        return compiled
    }

    private static func content(_ content: ConfigurationRecipe.Content, _ problems: inout [Diagnostic]) -> Content {
        switch content {
        case .source(let bytes): return .source(bytes)
        case .secret(let index): return .secret(index)
        case .template(let text, let file):
            let template = template(text, at: .file(file), &problems)
            return template.map(Content.template) ?? .source([])
        case .environment(let variables):
            return .environment(
                variables.compactMap { variable in
                    // The place is not kept in the store.
                    let location = variable.value.location ?? SourceLocation(file: variable.name, line: 1, column: 1)
                    let template = template(variable.value.text, at: .value(location), &problems)
                    return template.map { (variable.name, $0, location) }
                })
        }
    }

    private static func template(
        _ text: String, at place: TemplatePlace, _ problems: inout [Diagnostic]
    ) -> Template? {
        do throws(Diagnostic) {
            return try Template(text, at: place)
        } catch {
            problems.append(error)
            return nil
        }
    }
}
