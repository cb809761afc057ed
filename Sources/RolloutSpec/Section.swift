import FleetModel
import Yams

/// The keys of one mapping in a spec. Every case is read by the section that declares it: none is silently ignored.
protocol SectionKey: CaseIterable, Hashable, RawRepresentable<String>, Sendable {
    /// Where the keys stand, as errors say it: "under 'strategy: rolling:'".
    static var place: String { get }
}

/// A section's own keys, and those of another section that may stand beside them.
enum KeyPair<Own: SectionKey, Shared: SectionKey>: SectionKey {
    case own(Own)
    case shared(Shared)

    static var place: String { Own.place }
    static var allCases: [Self] { Own.allCases.map(Self.own) + Shared.allCases.map(Self.shared) }

    init?(rawValue: String) {
        if let key = Own(rawValue: rawValue) {
            self = .own(key)
        } else if let key = Shared(rawValue: rawValue) {
            self = .shared(key)
        } else {
            return nil
        }
    }

    var rawValue: String {
        switch self {
        case .own(let key): key.rawValue
        case .shared(let key): key.rawValue
        }
    }
}

/// A mapping with known keys; the others are findings.
struct Section<Key: SectionKey> {
    let field: Field
    private let values: [Key: Field]
    private let hasUnknownKeys: Bool

    /// Nil with a finding where `field` is no mapping.
    init?(_ field: Field) {
        let keys = Key.allCases.map(\.rawValue)
        let form = "a mapping of \(keys.prefix(4).joined(separator: ", "))\(keys.count > 4 ? "…" : "")"
        guard let pairs = field.pairs(form) else { return nil }
        var values: [Key: Field] = [:]
        var hasUnknownKeys = false
        for (key, value) in pairs {
            let keyField = Field(name: "a key", node: key, findings: field.findings)
            guard let text = keyField.scalar("a word") else { continue }
            if let key = Key(rawValue: text) {
                values[key] = Field(name: "'\(text)'", node: value, findings: field.findings)
            } else {
                Self.report(unknown: text, at: keyField)
                hasUnknownKeys = true
            }
        }
        self.field = field
        self.values = values
        self.hasUnknownKeys = hasUnknownKeys
    }

    subscript(key: Key) -> Field? { values[key] }

    /// The keys that are present, in the order of their declaration.
    var present: [Key] { Key.allCases.filter { values[$0] != nil } }

    /// The key's value, or nil with a finding where the key is missing.
    func required(_ key: Key) -> Field? {
        guard let value = values[key] else {
            field.reject("\(field.name) lacks '\(key.rawValue)'", hint: "add '\(key.rawValue): …'")
            return nil
        }
        return value
    }

    /// The one of these keys that is present, or nil with a finding where that isn't one.
    func one(of keys: [Key], _ subject: String) -> Key? {
        let given = keys.filter { values[$0] != nil }
        guard given.count == 1, let key = given.first else {
            // The unknown one may have been meant.
            if given.isEmpty, hasUnknownKeys { return nil }
            let words = keys.map { "'\($0.rawValue)'" }
            let list = words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "")
            field.reject("\(subject) has exactly one of \(list)")
            return nil
        }
        return key
    }

    private static func report(unknown text: String, at field: Field) {
        if SpecVocabulary.postponed.contains(text) {
            return field.reject("'\(text)' is not supported by this version yet")
        }
        if let place = SpecVocabulary.place(of: text) { return field.reject("'\(text)' belongs \(place), not here") }
        let keys = Key.allCases.map(\.rawValue)
        let suggestion = didYouMean(text, among: keys)
        let hint = suggestion.isEmpty ? "known here: \(keys.joined(separator: ", "))" : nil
        field.reject("unknown key \(quoted(text))\(suggestion)", hint: hint)
    }
}
