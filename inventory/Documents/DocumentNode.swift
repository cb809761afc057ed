import FleetModel

/// A part of a YAML or JSON text, typed, with its place.
struct DocumentNode {
    struct Entry {
        /// The key's text as JSON writes it.
        var name: String
        /// False for `1:`, `yes:` and the like, which are no strings.
        var isText: Bool
        var location: SourceLocation
        var node: DocumentNode

        /// For messages: the name is whatever the file says.
        var shownName: String { name.printable(maximumBytes: 80) }
    }

    enum Content {
        case scalar(Value, text: String)
        case list([DocumentNode])
        case mapping([Entry])
    }

    var content: Content
    var location: SourceLocation
    /// This node and all below it, those behind aliases as often as they stand there.
    private(set) var count: Int
    /// The levels below this one.
    private(set) var height: Int

    init(_ content: Content, at location: SourceLocation) {
        (self.content, self.location) = (content, location)
        let below: [DocumentNode] =
            switch content {
            case .scalar: []
            case .list(let items): items
            case .mapping(let entries): entries.map(\.node)
            }
        count = below.reduce(1) { $0 + $1.count }
        height = (below.map(\.height).max() ?? -1) + 1
    }

    var isNull: Bool { if case .scalar(.null, _) = content { true } else { false } }

    var value: Value {
        switch content {
        case .scalar(let value, _): return value
        case .list(let items): return .list(items.map(\.value))
        case .mapping(let entries):
            var values = Value.Entries()
            for entry in entries { values[entry.name] = entry.node.value }
            return .dictionary(values)
        }
    }

    /// The variable that this node sets under a name that stands at `location`.
    func variable(at location: SourceLocation) -> Variable {
        if case .scalar(let value, let text) = content { return Variable(value, text: text, at: location) }
        return Variable(value, at: location)
    }

    /// What a person would call it, for a sentence such as "… is a list".
    var kind: String {
        switch content {
        case .list: "a list"
        case .mapping: "a dictionary"
        case .scalar(.null, _): "empty"
        case .scalar(.string, _), .scalar(.unsafe, _): "a string"
        case .scalar(.bool, _): "true or false"
        case .scalar(.encrypted, _): "encrypted"
        case .scalar: "a number"
        }
    }
}

extension [DocumentNode.Entry] {
    func first(named name: String) -> DocumentNode.Entry? { first { $0.name == name } }

    /// The variables that the entries set.
    var variables: [String: Variable] {
        Dictionary(map { ($0.name, $0.node.variable(at: $0.location)) }) { $1 }
    }
}
