import FleetModel
import Yams

/// The keys of one mapping in a spec. Every case is read by the section that declares it: none is silently ignored.
protocol SectionKey: CaseIterable, Hashable, RawRepresentable<String>, Sendable {
    /// Where the keys stand, as errors say it: "under 'strategy: rolling:'".
    static var place: String { get }
}

/// A mapping with known keys; the others are findings.
struct Section<Key: SectionKey> {
    let field: Field
    private let values: [Key: Field]

    /// Nil with a finding where `field` is no mapping.
    init?(_ field: Field) {
        let keys = Key.allCases.map(\.rawValue)
        let form = "a mapping of \(keys.prefix(4).joined(separator: ", "))\(keys.count > 4 ? "…" : "")"
        guard let pairs = field.pairs(form) else { return nil }
        var values: [Key: Field] = [:]
        for (key, value) in pairs {
            let keyField = Field(name: "a key", node: key, findings: field.findings)
            guard let text = keyField.scalar("a word") else { continue }
            if let key = Key(rawValue: text) {
                values[key] = Field(name: "'\(text)'", node: value, findings: field.findings)
            } else {
                Self.report(unknown: text, at: keyField)
            }
        }
        self.field = field
        self.values = values
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

/// All words of a spec, across its sections.
enum SpecVocabulary {
    /// Words of the design that a later version will know: an honest "not yet" rather than "unknown".
    static let postponed: Set<String> = [
        "a_b", "analysis", "blue_green", "canary", "confirm_within", "drain_timeout", "scale_down_delay", "spread_by",
        "traffic",
    ]

    /// Every known key, by section.
    static let sections: [(place: String, keys: [String])] = [
        keys(of: RolloutSpec.Key.self), keys(of: ServiceControl.SystemdKey.self),
        keys(of: ServiceControl.CommandKey.self), keys(of: RolloutSpec.ConfigurationFile.Key.self),
        keys(of: RolloutSpec.SecretSource.Key.self), keys(of: RolloutSpec.EnvironmentFile.Key.self),
        keys(of: HealthCheck.Key.self), keys(of: Strategy.Key.self),
        keys(of: Strategy.Rolling.Key.self), keys(of: FailureBudget.Key.self), keys(of: Hooks.Key.self),
    ]

    /// Where a key that is misplaced belongs.
    static func place(of key: String) -> String? { sections.first { $0.keys.contains(key) }?.place }

    private typealias ServiceControl = RolloutSpec.ServiceControl
    private typealias HealthCheck = RolloutSpec.HealthCheck
    private typealias Strategy = RolloutSpec.Strategy
    private typealias FailureBudget = RolloutSpec.FailureBudget
    private typealias Hooks = RolloutSpec.Hooks

    private static func keys<Key: SectionKey>(of type: Key.Type) -> (place: String, keys: [String]) {
        (Key.place, Key.allCases.map(\.rawValue))
    }
}
