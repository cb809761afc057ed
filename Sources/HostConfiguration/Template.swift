import FleetModel

/// Where the lines of a template are.
public enum TemplatePlace: Hashable, Sendable {
    /// In a file of its own.
    case file(String)
    /// All of it stands at one place of another file.
    case value(SourceLocation)

    func location(line: Int, column: Int) -> SourceLocation {
        switch self {
        case .file(let name): SourceLocation(file: name, line: line, column: column)
        case .value(let location): location
        }
    }
}

/// A Mustache template that has been read: text, variables, sections and inverted sections (mustache(5)).
///
/// Nothing is escaped, since no file of configuration is HTML: `{{x}}`, `{{{x}}}` and `{{&x}}` are the same.
public struct Template: Sendable {
    /// In UTF-8; a larger one is no configuration.
    public static let maximumBytes = 1 << 20
    /// Sections within sections.
    static let maximumDepth = 32
    /// Tags in one template.
    static let maximumTags = 16_384

    indirect enum Part: Sendable {
        case text(String)
        case variable(TemplateReference)
        case section(TemplateReference, isInverted: Bool, [Part])
    }

    let parts: [Part]
    /// Every name that a tag begins with, as far as it is looked up among the host's variables.
    public let names: Set<String>

    /// - Throws: the first thing that is wrong with the text, with its place.
    public init(_ text: String, at place: TemplatePlace) throws(Diagnostic) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw Diagnostic(
                "the template is larger than \(Self.maximumBytes >> 10) KiB", at: place.location(line: 1, column: 1))
        }
        var parser = TemplateParser()
        try parser.parse(TemplateScanner(text, place: place))
        (parts, names) = (parser.parts, parser.names)
    }

    /// A secret is used in it.
    public var usesSecrets: Bool { names.contains(TemplateVariables.secretName) }
}

/// A variable as a template names it, and where.
struct TemplateReference: Hashable, Sendable {
    let path: [String]
    let spelling: String
    let location: SourceLocation

    init(_ tag: TemplateTag) { (path, spelling, location) = (tag.path, tag.spelling, tag.location) }
}
