import FleetModel
import Yams

/// One value of a spec: a YAML node, what errors call it, and readers that report whatever doesn't fit.
///
/// A reader returns nil exactly when it has added a finding, so that the caller goes on with a default.
struct Field {
    /// For example `'interval'`, with its quotes.
    let name: String
    let node: Node
    let findings: Findings

    var location: SourceLocation { findings.location(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1) }

    func reject(_ problem: String, hint: String? = nil) { findings.add(problem, at: location, hint: hint) }

    /// "'interval' is a duration …; got 'ten'".
    func mismatch(_ form: String, hint: String? = nil) { reject("\(name) is \(form); got \(kind)", hint: hint) }

    private var kind: String {
        switch node {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let scalar): isNull ? "nothing" : quoted(scalar.string)
        case .alias: "an alias"
        }
    }

    /// No value, or one of YAML's words for it.
    var isNull: Bool {
        guard let scalar = node.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// What stands there, where it is neither a list nor a mapping.
    var text: String? { node.scalar?.string }

    var isMapping: Bool { node.mapping != nil }

    var isEmptyMapping: Bool { node.mapping?.isEmpty == true }

    /// YAML takes a leading `!` for a tag and what follows for its name; nothing here uses tags.
    private func refuseTag() -> Bool {
        let tag = node.tag.rawValue
        guard !Self.ordinaryTags.contains(tag) else { return false }
        reject("YAML takes \(quoted(tag)) for a tag", hint: "put a value that begins with '!' in double quotes")
        return true
    }

    private static let ordinaryTags: Set<String> = [
        "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map",
    ]
}

// MARK: - Text

extension Field {
    /// A scalar's text as it stands in the source; the only control characters in it are line feeds and tabs.
    func scalar(_ form: String) -> String? {
        guard !refuseTag() else { return nil }
        guard let text, !isNull, !text.isEmpty else {
            mismatch(form)
            return nil
        }
        guard !text.unicodeScalars.contains(where: { isControl($0) && $0 != "\n" && $0 != "\t" }) else {
            mismatch("\(form), without control characters")
            return nil
        }
        return text
    }

    private func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }

    /// Text of one line.
    func line(_ form: String) -> LocatedText? {
        guard let text = scalar(form) else { return nil }
        guard !text.unicodeScalars.contains(where: isControl) else {
            mismatch("\(form), on one line and without tabs")
            return nil
        }
        return LocatedText(text, at: location)
    }

    func name<Name: NameType>(_ form: String) -> Name? {
        guard let text = scalar(form) else { return nil }
        guard let name = Name(text) else {
            mismatch(form)
            return nil
        }
        return name
    }

    /// One of the words of an enumeration.
    func word<Word: CaseIterable & RawRepresentable<String>>(of type: Word.Type) -> Word? {
        let words = Word.allCases.map(\.rawValue)
        let form = "one of \(words.joined(separator: ", "))"
        guard let text = scalar(form) else { return nil }
        guard let word = Word(rawValue: text) else {
            reject("\(name) is \(form); got \(quoted(text))\(didYouMean(text, among: words))")
            return nil
        }
        return word
    }
}

// MARK: - Numbers

extension Field {
    func flag() -> Bool? {
        let form = "true or false"
        guard let text = scalar(form) else { return nil }
        guard text == "true" || text == "false" else {
            mismatch(form)
            return nil
        }
        return text == "true"
    }

    func integer(in range: ClosedRange<Int>) -> Int? {
        let form = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let text = scalar(form) else { return nil }
        guard isDecimal(text), let number = Int(text), range.contains(number) else {
            mismatch(form)
            return nil
        }
        return number
    }

    func share() -> Share? {
        let form = "a number of hosts or a part of them, such as 3 or 25%"
        guard let text = scalar(form) else { return nil }
        guard isDecimal(text.hasSuffix("%") ? text.dropLast() : text[...]), let share = Share(text) else {
            mismatch(form)
            return nil
        }
        return share
    }

    /// A duration of at least `minimum`.
    func duration(atLeast minimum: Duration = .milliseconds(1)) -> Duration? {
        let form = "a duration such as 500ms, 10s or 5m"
        guard let text = scalar(form) else { return nil }
        guard let duration = Duration(spoken: text) else {
            mismatch(form, hint: isDecimal(text[...]) ? "the unit is missing; did you mean \(text)s?" : nil)
            return nil
        }
        guard duration >= minimum, duration <= Self.maximumDuration else {
            reject("\(name) is from \(minimum.spoken) to \(Self.maximumDuration.spoken); got \(quoted(text))")
            return nil
        }
        return duration
    }

    /// A rollout that waits longer for one thing isn't meant; also keeps every sum of times far from overflow.
    private static let maximumDuration = Duration.seconds(30 * 24 * 3600)

    /// Only digits, no leading zero: `010` is 8 to YAML 1.1 and 10 to people.
    private func isDecimal(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } && (text == "0" || !text.hasPrefix("0"))
    }
}

// MARK: - Lists

extension Field {
    /// Longer lists than this are refused; the agent protocol carries no more either.
    private static var maximumItems: Int { 256 }

    func items() -> [Field]? {
        guard !refuseTag() else { return nil }
        guard let sequence = node.sequence else {
            mismatch("a list", hint: "write '- ' before each item, or [a, b]")
            return nil
        }
        guard sequence.count <= Self.maximumItems else {
            reject("\(name) has \(sequence.count) items; at most \(Self.maximumItems) are allowed")
            return nil
        }
        return sequence.map { Field(name: "an item of \(name)", node: $0, findings: findings) }
    }

    /// The node's keys and values, or nil with a finding where it isn't a mapping.
    func pairs(_ form: String) -> [(key: Node, value: Node)]? {
        guard !refuseTag() else { return nil }
        guard let mapping = node.mapping else {
            mismatch(form)
            return nil
        }
        return Array(mapping)
    }
}
