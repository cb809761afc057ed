import FleetModel
import Yams

/// From text to YAML nodes: what YAML itself finds wrong, and the parts of YAML that a spec doesn't use.
enum SpecDocument {
    /// A spec is written by hand; a file larger than this is something else.
    static let maximumBytes = 256 << 10

    /// The content of the one document in `text`.
    static func root(of text: String, findings: Findings) throws(Diagnostics) -> Field {
        if text.utf8.count > maximumBytes {
            findings.add("a spec is at most \(maximumBytes >> 10) KiB long", hint: "is this the right file?")
        }
        guard findings.isEmpty else { throw findings.diagnostics }
        refuseAliases(in: text, findings: findings)
        guard findings.isEmpty else { throw findings.diagnostics }
        do {
            // The basic resolver leaves every scalar as the text it is: `1.10` stays 1.10, `no` stays no.
            let node = try compose(yaml: withoutByteOrderMark(text), .basic, .default, .utf8)
            let field = node.map { Field(name: "the spec", node: $0, findings: findings) }
            if let field, !field.isNull { return field }
            findings.add("the spec is empty", hint: "it needs at least 'service' and 'artifact'")
        } catch let error as YamlError {
            findings.add(error)
        } catch {
            findings.add("not YAML: \(error)")
        }
        throw findings.diagnostics
    }

    private static func withoutByteOrderMark(_ text: String) -> String {
        text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    /// Yams resolves aliases while it composes, so a few lines can grow without bound before anyone may look; a name
    /// that appears both as `&name` and `*name` is refused before that.
    private static func refuseAliases(in text: String, findings: Findings) {
        let anchors = Set(names(markedBy: "&", in: text).map(\.name))
        guard !anchors.isEmpty else { return }
        for alias in names(markedBy: "*", in: text) where anchors.contains(alias.name) {
            findings.add(
                "YAML aliases such as \(quoted("*" + alias.name)) are not supported",
                at: findings.location(line: alias.line, column: alias.column), hint: "write the value out"
            )
        }
    }

    /// Every `&name` or `*name`, wherever it stands; lines and columns count from 1.
    private static func names(
        markedBy sign: Unicode.Scalar, in text: String
    ) -> [(name: String, line: Int, column: Int)] {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        return zip(1..., lines).flatMap { line, scalars in
            zip(1..., scalars.indices).compactMap { column, index in
                guard scalars[index] == sign else { return nil }
                let name = scalars[scalars.index(after: index)...].prefix(while: isAnchorCharacter)
                return name.isEmpty ? nil : (String(name), line, column)
            }
        }
    }

    /// What libyaml takes for a part of an anchor's name.
    private static func isAnchorCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z", "_", "-": true
        default: false
        }
    }
}
