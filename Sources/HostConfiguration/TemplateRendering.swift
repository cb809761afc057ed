import FleetModel
import Inventory

/// One rendering of a template for one host: strict, where Mustache would leave a hole in silence.
///
/// A variable that is not set, null, a list or a dictionary is a mistake. A section over a name that this host lacks
/// is skipped if another host has it: so a template says what is optional. A name that no host has is a mistake there,
/// too.
struct TemplateRendering {
    /// In UTF-8.
    static let maximumBytes = 1 << 20
    /// Parts and items of lists that are gone through at most, however lists are nested.
    static let maximumParts = 200_000

    private let variables: TemplateVariables
    private let secrets: [String: Secret]
    /// The innermost section's value last.
    private var scopes: [TemplateValue]
    private var output = ""
    private var outputBytes = 0
    private var partCount = 0
    private var mistakes: [TemplateMistake] = []

    init(for host: HostName, _ variables: TemplateVariables, secrets: [String: Secret]) {
        self.variables = variables
        self.secrets = secrets
        scopes = [variables.shared, variables.hosts[host] ?? [:]].map { variables in
            .dictionary(Value.Entries(variables.map { ($0, $1) }))
        }
    }

    /// - Throws: everything that the host's variables lack.
    static func render(
        _ template: Template, for host: HostName, _ variables: TemplateVariables, secrets: [String: Secret]
    ) throws(TemplateMistakes) -> String {
        var rendering = TemplateRendering(for: host, variables, secrets: secrets)
        rendering.render(template.parts)
        if !rendering.isWithinLimits { rendering.mistakes.append(TemplateMistake(.tooLarge, nil)) }
        guard rendering.mistakes.isEmpty else { throw TemplateMistakes(all: rendering.mistakes) }
        return rendering.output
    }

    private mutating func render(_ parts: [Template.Part]) {
        for part in parts where isWithinLimits {
            partCount += 1
            switch part {
            case .text(let text): write(text)
            case .variable(let reference): renderVariable(reference)
            case .section(let reference, let isInverted, let inner): renderSection(reference, isInverted, inner)
            }
        }
    }

    private mutating func write(_ text: String) {
        outputBytes += text.utf8.count
        if outputBytes <= Self.maximumBytes { output += text }
    }

    private var isWithinLimits: Bool { outputBytes <= Self.maximumBytes && partCount <= Self.maximumParts }

    private mutating func renderVariable(_ reference: TemplateReference) {
        switch value(of: reference) {
        case .found(let value):
            if let text = value.text { write(text) } else { fail(.notText(value.kind), reference) }
        case .missing(let name, let candidates): fail(.notSet(name, candidates), reference)
        }
    }

    private mutating func renderSection(_ reference: TemplateReference, _ isInverted: Bool, _ parts: [Template.Part]) {
        let value: TemplateValue
        switch self.value(of: reference) {
        case .found(let found): value = found
        case .missing(let name, let candidates):
            let isOptional = name == reference.path.first && variables.isKnown(name)
            // Of a dictionary that is there, any key may be missing.
            guard isOptional || name != reference.path.first else { return fail(.notSet(name, candidates), reference) }
            value = .null
        }
        switch (isInverted, value) {
        case (_, .unevaluated(let kind)): fail(.notText(kind), reference)
        case (true, _): if !value.isTrue { render(parts) }
        case (false, .list(let items)):
            partCount += items.count
            for (index, item) in items.enumerated() where isWithinLimits {
                scopes.append(.position(first: index == 0, last: index == items.count - 1, index: index))
                scopes.append(item)
                render(parts)
                scopes.removeLast(2)
            }
        case (false, _):
            guard value.isTrue else { return }
            scopes.append(value)
            render(parts)
            scopes.removeLast()
        }
    }

    private mutating func fail(_ kind: TemplateMistake.Kind, _ reference: TemplateReference) {
        let mistake = TemplateMistake(kind, reference)
        if !mistakes.contains(mistake) { mistakes.append(mistake) }
    }
}

// MARK: - Looking up

extension TemplateRendering {
    private enum Lookup {
        case found(TemplateValue)
        /// The name that is not there, and what is in its place.
        case missing(String, candidates: [String])
    }

    private func value(of reference: TemplateReference) -> Lookup {
        guard let first = reference.path.first, !first.isEmpty else { return .found(scopes.last ?? .null) }
        if first == TemplateVariables.secretName { return secret(reference) }
        guard var value = scopes.lazy.reversed().compactMap({ $0.child(first) }).first else {
            return .missing(first, candidates: scopes.flatMap(\.names))
        }
        for (index, name) in reference.path.enumerated().dropFirst() {
            guard let child = value.child(name) else {
                return .missing(reference.path[...index].joined(separator: "."), candidates: value.names)
            }
            value = child
        }
        return .found(value)
    }

    private func secret(_ reference: TemplateReference) -> Lookup {
        guard reference.path.count == 2, let secret = secrets[reference.path[1]] else {
            return .missing(
                reference.spelling, candidates: secrets.keys.map { TemplateVariables.secretName + "." + $0 })
        }
        return .found(.secret(secret))
    }
}
