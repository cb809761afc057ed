import FleetModel
import Yams

/// The tags that Ansible knows; the rest of YAML's are refused, for Ansible can't print them as JSON either.
enum YAMLTag: Equatable {
    /// None, or `!`.
    case none
    case unsafe
    case vault
    case typed(String)

    private static let prefix = "tag:yaml.org,2002:"
    private static let scalarTypes = ["str", "int", "float", "bool", "null", "timestamp"]

    /// - Parameter isKey: the library has resolved the tags of keys already, all to strings, when it compared them.
    /// - Throws: where the tag means nothing for this kind of node.
    init(_ node: Node, isKey: Bool, at place: SourceLocation) throws(Diagnostic) {
        let (tag, isScalar, collection) =
            switch node {
            case .scalar(let scalar): (scalar.tag.description, true, "")
            case .sequence(let sequence): (sequence.tag.description, false, "seq")
            case .mapping(let mapping): (mapping.tag.description, false, "map")
            case .alias: ("", false, "")
            }
        switch tag {
        case "", "!", Self.prefix + collection: self = .none
        case Self.prefix + "str" where isKey: self = .none
        case "!unsafe": self = .unsafe
        case "!vault", "!vault-encrypted": self = .vault
        default:
            let type = tag.hasPrefix(Self.prefix) ? String(tag.dropFirst(Self.prefix.count)) : tag
            guard isScalar, Self.scalarTypes.contains(type) else {
                let shown = tag.hasPrefix(Self.prefix) ? "!!\(type)" : tag
                throw Diagnostic(
                    "the tag \(shown.printable(maximumBytes: 80)) is not supported", at: place,
                    hint: "write the value without it; !vault and !unsafe are known")
            }
            self = .typed(type)
        }
    }

    /// The type's name where one is asked for.
    var name: String? { if case .typed(let type) = self { type } else { nil } }

    /// The value of a scalar under this tag; nil where it has none.
    func value(of text: String, isPlain: Bool) -> Value? {
        switch self {
        case .vault: .encrypted(text)
        // Ansible looks for the type of what is unsafe again, quotes or not.
        case .unsafe: YAMLScalar.value(of: text)
        case .none: isPlain ? YAMLScalar.value(of: text) : .string(text)
        case .typed("int"): YAMLScalar.integer(text)
        case .typed("float"): YAMLScalar.float(text) ?? Double(text).map(Value.double)
        case .typed("bool"): YAMLScalar.constants[text].flatMap { if case .bool = $0 { $0 } else { nil } }
        case .typed("null"): .null
        case .typed("timestamp"): YAMLTimestamp.isoText(of: text).map(Value.string)
        case .typed: .string(text)
        }
    }
}
