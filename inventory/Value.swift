/// A variable's value, in the type Ansible gives it.
///
/// Ansible reads every value of an INI inventory as a Python literal and, where it is none, as a string; values in YAML
/// and JSON have the types of those languages.
public enum Value: Hashable, Sendable, Codable {
    case string(String)
    case int(Int)
    case double(Double)
    case bool(Bool)
    /// Python's `None`.
    case null
    /// A Python list, tuple or set, in the order written.
    case list([Value])
    /// A Python dictionary; keys that are no strings are kept as JSON writes them (`1`, `true`, `null`).
    case dictionary(Entries)
    /// A string marked `!unsafe`: whatever braces are in it, it is no template.
    case unsafe(String)
    /// A string marked `!vault`, still encrypted by ansible-vault: carried along, of no use to anything else.
    case encrypted(String)

    /// The value of `text` as Ansible types it: `5` is an int, `True` a bool, `true` and `0755` are strings.
    public init(reading text: String) {
        self = PythonLiteral.value(of: text) ?? .string(text)
    }

    /// The text of a dictionary's key in JSON; nil for what can be no key.
    var keyText: String? {
        switch self {
        case .string(let text), .unsafe(let text): text
        case .int, .double, .bool, .null: JSONText.compact(self)
        case .list, .dictionary, .encrypted: nil
        }
    }
}
