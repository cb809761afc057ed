import FleetModel

/// Why a template can't be rendered for a host.
struct TemplateMistake: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// The name, and the one that was most likely meant, as a part of the sentence.
        case notSet(String, suggestion: String)
        /// What it is instead.
        case notText(String)
        case tooLarge

        static func notSet(_ name: String, _ candidates: [String]) -> Kind {
            let last = name.split(separator: ".").last.map(String.init) ?? name
            let suggestion = didYouMean(name.hasPrefix("secret.") ? name : last, among: candidates.sorted())
            return .notSet(name, suggestion: suggestion)
        }
    }

    let kind: Kind
    /// Nil where no tag is to blame.
    let reference: TemplateReference?

    init(_ kind: Kind, _ reference: TemplateReference?) { (self.kind, self.reference) = (kind, reference) }

    /// One sentence; `hosts` names whom it is about.
    func problem(on hosts: String) -> String {
        let name = reference?.spelling ?? ""
        return switch kind {
        case .notSet(let missing, let suggestion): "'\(missing)' is not set for \(hosts)\(suggestion)"
        case .notText(let kind): "'\(name)' is \(kind), not a text, for \(hosts)"
        case .tooLarge:
            "a template becomes larger than \(TemplateRendering.maximumBytes >> 10) KiB or takes too long for \(hosts)"
        }
    }

    var hint: String? {
        switch kind {
        case .notSet(let name, suggestion: "") where name.hasPrefix("secret."): "name it under 'secrets:'"
        case .notSet(_, suggestion: ""):
            "set it in the inventory; what only some hosts have stands in a section: {{#name}}…{{/name}}"
        case .notText("a list"), .notText("a dictionary"): "go through it with a section: {{#name}}…{{/name}}"
        case .notSet, .notText, .tooLarge: nil
        }
    }
}

/// All that one template lacks on one host.
struct TemplateMistakes: Error {
    let all: [TemplateMistake]
}
