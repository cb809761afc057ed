import FleetModel
import RolloutSpec

/// Makes the files of each host, the same whenever it is asked.
public struct ConfigurationRenderer: Sendable {
    private let files: [CompiledFile]
    private let variables: TemplateVariables
    private let values: [Secret]
    private let named: [String: Secret]

    private static let plainMode: UInt32 = 0o644
    private static let secretMode: UInt32 = 0o600

    /// `secrets` are the values, in the recipe's order.
    /// - Throws: every mistake in a template.
    public init(_ recipe: ConfigurationRecipe, secrets: [Secret]) throws(Diagnostics) {
        precondition(secrets.count == recipe.secrets.count, "one value a secret")
        files = try CompiledFile.compile(recipe.files)
        variables = recipe.variables
        values = secrets
        named = Dictionary(
            zip(recipe.secrets, secrets).compactMap { source, value in source.name.map { ($0, value) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// Of the secrets that it knows.
    public var redaction: Redaction { Redaction(of: values) }

    /// The files of one host.
    /// - Throws: what its variables lack; it is named.
    public func files(for host: HostName) throws(Diagnostics) -> [RenderedFile] {
        var mistakes: [Mistake] = []
        let rendered = render(for: host, &mistakes)
        guard mistakes.isEmpty else { throw Diagnostics(mistakes.map { $0.diagnostic(for: [host]) }) }
        return rendered
    }

    /// Renders for all hosts, and keeps nothing.
    /// - Throws: everything that is wrong, each cause once with all the hosts that it concerns.
    public func check(_ hosts: [HostName]) throws(Diagnostics) {
        var order: [Mistake] = []
        var concerned: [Mistake: [HostName]] = [:]
        for host in hosts {
            var mistakes: [Mistake] = []
            _ = render(for: host, &mistakes)
            for mistake in mistakes {
                if concerned[mistake] == nil { order.append(mistake) }
                concerned[mistake, default: []].append(host)
            }
        }
        guard order.isEmpty else { throw Diagnostics(order.map { $0.diagnostic(for: concerned[$0] ?? []) }) }
    }

    private func render(for host: HostName, _ mistakes: inout [Mistake]) -> [RenderedFile] {
        files.compactMap { file in
            guard let content = content(of: file, for: host, &mistakes) else { return nil }
            return RenderedFile(
                path: file.placement.path.text,
                mode: file.placement.mode ?? (file.isSecret ? Self.secretMode : Self.plainMode),
                owner: file.placement.owner?.text ?? "", group: file.placement.group?.text ?? "",
                replaces: file.placement.replaces, isSecret: file.isSecret, content: content)
        }
    }

    private func content(of file: CompiledFile, for host: HostName, _ mistakes: inout [Mistake]) -> Secret? {
        switch file.content {
        case .source(let bytes): return Secret(bytes)
        case .secret(let index): return values[index]
        case .template(let template): return text(template, for: host, &mistakes).map { Secret($0) }
        case .environment(let variables):
            var lines = ""
            for variable in variables {
                guard let value = text(variable.value, for: host, &mistakes) else { continue }
                if EnvironmentText.canHold(value) {
                    lines += EnvironmentText.assignment(variable.name, value)
                } else {
                    mistakes.append(.unfit(variable.name, variable.location))
                }
            }
            return Secret(lines)
        }
    }

    private func text(_ template: Template, for host: HostName, _ mistakes: inout [Mistake]) -> String? {
        do throws(TemplateMistakes) {
            return try TemplateRendering.render(template, for: host, variables, secrets: named)
        } catch {
            mistakes += error.all.map(Mistake.template)
            return nil
        }
    }
}

/// One cause, whatever hosts it concerns.
private enum Mistake: Hashable {
    case template(TemplateMistake)
    /// An environment variable's value that no environment file can hold.
    case unfit(String, SourceLocation)

    func diagnostic(for hosts: [HostName]) -> Diagnostic {
        let names = hosts.map(\.text).joined(separator: ", ")
        switch self {
        case .template(let mistake):
            return Diagnostic(mistake.problem(on: names), at: mistake.reference?.location, hint: mistake.hint)
        case .unfit(let name, let location):
            return Diagnostic("'\(name)' has a zero byte or a byte order mark for \(names)", at: location)
        }
    }
}
