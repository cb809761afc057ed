import FleetModel
import Inventory

/// A value while a template is rendered: the inventory's own, a secret, or the place in a list.
enum TemplateValue {
    case null
    case scalar(String, isTrue: Bool)
    case list([TemplateValue])
    case dictionary(Value.Entries)
    /// What only Ansible could make a text of, in words.
    case unevaluated(String)
    case secret(Secret)
    /// Of a list's item: `{{-first}}`, `{{-last}}` and `{{-index}}` (from 0), for separators.
    case position(first: Bool, last: Bool, index: Int)

    init(_ value: Value) {
        switch value {
        case .null: self = .null
        case .string(let text) where text.contains("{{"): self = .unevaluated("a template of Ansible's")
        case .string(let text), .unsafe(let text): self = .scalar(text, isTrue: !text.isEmpty)
        case .encrypted: self = .unevaluated("encrypted by ansible-vault")
        case .int(let number): self = .scalar("\(number)", isTrue: number != 0)
        case .double(let number): self = .scalar("\(number)", isTrue: number != 0)
        case .bool(let flag): self = .scalar("\(flag)", isTrue: flag)
        case .list(let values): self = .list(values.map(TemplateValue.init))
        case .dictionary(let values): self = .dictionary(values)
        }
    }

    /// As Python, and so Ansible, judges it.
    var isTrue: Bool {
        switch self {
        case .null, .position: false
        case .scalar(_, let isTrue): isTrue
        case .list(let values): !values.isEmpty
        case .dictionary(let values): !values.isEmpty
        case .secret, .unevaluated: true
        }
    }

    /// What stands in the file; nil for what is no text.
    var text: String? {
        switch self {
        case .scalar(let text, _): text
        case .secret(let secret): secret.templateText
        case .null, .list, .dictionary, .position, .unevaluated: nil
        }
    }

    /// For errors.
    var kind: String {
        switch self {
        case .null: "null"
        case .list: "a list"
        case .dictionary, .position: "a dictionary"
        case .scalar: "a text"
        case .secret: "not UTF-8"
        case .unevaluated(let kind): kind
        }
    }

    func child(_ name: String) -> TemplateValue? {
        switch self {
        case .dictionary(let values): values[name].map(TemplateValue.init)
        case .position(let first, let last, let index):
            switch name {
            case "-first": .scalar("\(first)", isTrue: first)
            case "-last": .scalar("\(last)", isTrue: last)
            case "-index": .scalar("\(index)", isTrue: index != 0)
            default: nil
            }
        case .null, .scalar, .list, .secret, .unevaluated: nil
        }
    }

    /// Of its children.
    var names: [String] { if case .dictionary(let values) = self { values.keys } else { [] } }
}

extension Secret {
    /// In a template: without the one line feed that ends most files; nil where it is not UTF-8.
    fileprivate var templateText: String? {
        let bytes = exposed.last == UInt8(ascii: "\n") ? exposed.dropLast() : exposed[...]
        let text = String(decoding: bytes, as: UTF8.self)
        return text.utf8.elementsEqual(bytes) ? text : nil
    }
}
