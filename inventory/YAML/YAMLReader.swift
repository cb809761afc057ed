import FleetModel
import YAMLDiagnosis
import Yams

/// Reads YAML as Ansible does: PyYAML's types, merge keys, and Ansible's tags `!vault` and `!unsafe`.
struct YAMLReader {
    private let file: String
    private let aliases: YAMLAliases
    private var anchors: [String: DocumentNode] = [:]
    private var isUnsafe = false

    /// Nil where the text holds no document.
    ///
    /// - Throws: where the text is not YAML, grows beyond ``InventoryLimits/maximumNodes``, or has tags or keys that
    ///   mean nothing.
    static func root(of text: String, file: String) throws(Diagnostics) -> DocumentNode? {
        guard text.utf8.count <= InventoryLimits.maximumYAMLBytes else {
            throw Diagnostics([
                Diagnostic(
                    "'\(file)' is larger than \(InventoryLimits.maximumYAMLBytes >> 20) MiB",
                    hint: "is this the right file?")
            ])
        }
        guard let aliases = YAMLAliases(hidingAliasesIn: text) else {
            throw Diagnostics([Diagnostic("'\(file)' has characters of Unicode's private use area")])
        }
        do {
            // It holds the anchors' names alive, to which nodes refer only weakly.
            let parser = try Parser(yaml: aliases.text, resolver: .basic, encoding: .utf8)
            var reader = YAMLReader(file: file, aliases: aliases)
            return try withExtendedLifetime(parser) {
                try parser.singleRoot().map { try reader.node($0, depth: 0) }
            }
        } catch let error as YamlError {
            throw Diagnostics([Self.diagnostic(of: error, file: file)])
        } catch let problem as Diagnostic {
            throw Diagnostics([problem])
        } catch {
            throw Diagnostics([Diagnostic("'\(file)' can't be read as YAML: \(error)")])
        }
    }

    private static func diagnostic(of error: YamlError, file: String) -> Diagnostic {
        if let mistake = YAMLMistake(error, file: file) { return mistake.diagnostic }
        guard case .duplicatedKeysInMapping(let keys, let context) = error else {
            return Diagnostic("'\(file)' can't be read as YAML")
        }
        let mark = context.mark
        return duplicate(keys, at: SourceLocation(file: file, line: mark.line, column: mark.column))
    }

    /// Ansible takes the last of them, with a warning.
    private static func duplicate(_ keys: some Collection<String>, at location: SourceLocation) -> Diagnostic {
        let names = keys.map { "'\($0.printable(maximumBytes: 80))'" }.joined(separator: ", ")
        return Diagnostic(
            "\(names) \(keys.count == 1 ? "is" : "are each") given more than once in this dictionary", at: location,
            hint: "keep one")
    }

    private init(file: String, aliases: YAMLAliases) { (self.file, self.aliases) = (file, aliases) }

    private func location(_ mark: Mark?) -> SourceLocation {
        SourceLocation(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private mutating func node(_ node: Node, depth: Int, isKey: Bool = false) throws(Diagnostic) -> DocumentNode {
        guard depth <= InventoryLimits.maximumNesting else { throw tooDeep(at: location(node.mark)) }
        if case .scalar(let scalar) = node, scalar.style == .plain, let name = aliases.aliasName(in: scalar.string) {
            return try anchored(name, depth: depth, at: location(scalar.mark))
        }
        let tag = try YAMLTag(node, isKey: isKey, at: location(node.mark))
        let wasUnsafe = isUnsafe
        isUnsafe = isUnsafe || tag == .unsafe
        defer { isUnsafe = wasUnsafe }
        let result = try content(of: node, tag: tag, depth: depth)
        guard result.count <= InventoryLimits.maximumNodes else { throw tooLarge(at: result.location) }
        if let anchor = node.anchor { anchors[anchor.rawValue] = result }
        return result
    }

    private func anchored(_ name: String, depth: Int, at place: SourceLocation) throws(Diagnostic) -> DocumentNode {
        guard let node = anchors[name] else {
            throw Diagnostic(
                "the alias *\(name) stands before, or inside, the value that &\(name) names", at: place,
                hint: "move the value up, or put a text that begins with '*' in quotes")
        }
        guard depth + node.height <= InventoryLimits.maximumNesting else { throw tooDeep(at: place) }
        return node
    }

    private func tooDeep(at place: SourceLocation) -> Diagnostic {
        Diagnostic("nested more than \(InventoryLimits.maximumNesting) levels deep", at: place)
    }

    private func tooLarge(at place: SourceLocation) -> Diagnostic {
        Diagnostic(
            "more than \(InventoryLimits.maximumNodes) values, those of aliases included", at: place,
            hint: "split the file, or use fewer aliases")
    }

    private mutating func content(of node: Node, tag: YAMLTag, depth: Int) throws(Diagnostic) -> DocumentNode {
        let place = location(node.mark)
        switch node {
        case .scalar(let scalar):
            let text = aliases.restored(scalar.string)
            let isPlain = scalar.style == .plain
            return DocumentNode(
                .scalar(try scalarValue(text, isPlain: isPlain, tag: tag, at: place), text: text), at: place)
        case .sequence(let sequence):
            guard tag != .vault else { throw vaultOfCollection(at: place) }
            var items: [DocumentNode] = []
            for item in sequence { items.append(try self.node(item, depth: depth + 1)) }
            return DocumentNode(.list(items), at: place)
        case .mapping(let mapping):
            guard tag != .vault else { throw vaultOfCollection(at: place) }
            return DocumentNode(.mapping(try entries(of: mapping, depth: depth)), at: place)
        case .alias(let alias):
            return try anchored(alias.anchor.rawValue, depth: depth, at: place)
        }
    }

    private func vaultOfCollection(at place: SourceLocation) -> Diagnostic {
        Diagnostic("the tag !vault stands before a list or a dictionary", at: place, hint: "it marks encrypted strings")
    }

    private func scalarValue(
        _ text: String, isPlain: Bool, tag: YAMLTag, at place: SourceLocation
    ) throws(Diagnostic) -> Value {
        guard let value = tag.value(of: text, isPlain: isPlain) else {
            throw Diagnostic(
                "'\(text.printable(maximumBytes: 80))' has no value\(tag.name.map { " of the type \($0)" } ?? "")",
                at: place,
                hint: "put it in quotes if it is a text")
        }
        if isUnsafe, case .string(let text) = value { return .unsafe(text) }
        return value
    }

    /// Merged entries come first and give way to those of the mapping itself.
    private mutating func entries(
        of mapping: Node.Mapping, depth: Int
    ) throws(Diagnostic) -> [DocumentNode.Entry] {
        var merged: [DocumentNode.Entry] = []
        var own: [DocumentNode.Entry] = []
        for (keyNode, valueNode) in mapping {
            let key = try node(keyNode, depth: depth + 1, isKey: true)
            let value = try node(valueNode, depth: depth + 1)
            if case .scalar(let scalar) = keyNode, scalar.string == "<<", scalar.style == .plain {
                merged += try mergedEntries(from: value)
            } else {
                own.append(try entry(key, value))
            }
        }
        return try combined(merged: merged, own: own)
    }

    private func combined(
        merged: [DocumentNode.Entry], own: [DocumentNode.Entry]
    ) throws(Diagnostic) -> [DocumentNode.Entry] {
        var entries: [DocumentNode.Entry] = []
        var indexes: [String: Int] = [:]
        func set(_ entry: DocumentNode.Entry) {
            if let index = indexes[entry.name] {
                entries[index] = entry
            } else {
                indexes[entry.name] = entries.count
                entries.append(entry)
            }
        }
        merged.forEach(set)
        var seen: Set<String> = []
        for entry in own {
            // Two keys that only look different (1 and 0x1) would hide each other.
            guard seen.insert(entry.name).inserted else {
                throw Self.duplicate([entry.name], at: entry.location)
            }
            set(entry)
        }
        return entries
    }

    private func entry(_ key: DocumentNode, _ value: DocumentNode) throws(Diagnostic) -> DocumentNode.Entry {
        guard case .scalar(let scalar, _) = key.content, let name = scalar.keyText else {
            throw Diagnostic("a key that is \(key.kind)", at: key.location, hint: "keys are single words or texts")
        }
        let isText = if case .string = scalar { true } else { false }
        return DocumentNode.Entry(name: name, isText: isText, location: key.location, node: value)
    }

    /// What stands behind `<<`: a mapping, or a list of them, of which earlier ones override later ones.
    private func mergedEntries(from value: DocumentNode) throws(Diagnostic) -> [DocumentNode.Entry] {
        switch value.content {
        case .mapping(let entries): return entries
        case .list(let items):
            var merged: [DocumentNode.Entry] = []
            for item in items.reversed() { merged += try mergedEntries(from: item) }
            return merged
        case .scalar:
            throw Diagnostic("'<<' merges dictionaries, but this is \(value.kind)", at: value.location)
        }
    }
}
