/// A variable's value, in the type Ansible gives it.
///
/// Ansible reads every value of an INI inventory as a Python literal and, where it is none, as a string.
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
    case dictionary([String: Value])

    /// The value of `text` as Ansible types it: `5` is an int, `True` a bool, `true` and `0755` are strings.
    public init(reading text: String) {
        self = PythonLiteral.value(of: text) ?? .string(text)
    }
}
