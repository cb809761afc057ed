/// JSON as Python's `json.dumps` writes it, which is what Ansible prints: not quite RFC 8259, for it has `Infinity`.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    /// Spaces a level; nil for all in one line.
    private let indentation: Int?

    /// The value with sorted keys, four spaces a level.
    static func indented(_ value: Value) -> String { text(of: value, indentation: 4) }

    /// The value in one line.
    static func compact(_ value: Value) -> String { text(of: value, indentation: nil) }

    private static func text(of value: Value, indentation: Int?) -> String {
        var text = JSONText(indentation: indentation)
        text.append(value, depth: 0)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    init(indentation: Int?) { self.indentation = indentation }

    mutating func append(_ value: Value, depth: Int) {
        switch value {
        case .string(let text): append(quoting: text)
        case .int(let number): bytes += "\(number)".utf8
        case .double(let number): bytes += PythonText.json(number).utf8
        case .bool(let isTrue): bytes += (isTrue ? "true" : "false").utf8
        case .null: bytes += "null".utf8
        case .list(let items): append(items, depth: depth)
        case .dictionary(let entries): append(entries, depth: depth)
        case .unsafe(let text): append(["__ansible_unsafe": .string(text)], depth: depth)
        case .encrypted(let text): append(["__ansible_vault": .string(text)], depth: depth)
        }
    }

    private mutating func append(_ items: [Value], depth: Int) {
        append(items, between: "[", and: "]", depth: depth) { text, item in text.append(item, depth: depth + 1) }
    }

    /// By code point, which is how Python sorts and how UTF-8 does.
    private mutating func append(_ entries: Value.Entries, depth: Int) {
        let sorted = entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        append(sorted, between: "{", and: "}", depth: depth) { text, entry in
            text.append(quoting: entry.key)
            text.bytes += ": ".utf8
            text.append(entry.value, depth: depth + 1)
        }
    }

    private mutating func append<Item>(
        _ items: [Item], between open: String, and close: String, depth: Int, _ append: (inout JSONText, Item) -> Void
    ) {
        bytes += open.utf8
        for (index, item) in items.enumerated() {
            if index > 0 { bytes += (indentation == nil ? ", " : ",").utf8 }
            breakLine(depth: depth + 1)
            append(&self, item)
        }
        if !items.isEmpty { breakLine(depth: depth) }
        bytes += close.utf8
    }

    private mutating func breakLine(depth: Int) {
        guard let indentation else { return }
        bytes.append(Byte.lineFeed)
        bytes += repeatElement(Byte.space, count: indentation * depth)
    }

    /// Only what must be escaped is; other characters stay, whatever script they are of.
    mutating func append(quoting text: String) {
        bytes.append(Byte.doubleQuote)
        for byte in text.utf8 {
            switch byte {
            case Byte.doubleQuote, Byte.backslash: bytes += [Byte.backslash, byte]
            case Byte.lineFeed: bytes += #"\n"#.utf8
            case Byte.carriageReturn: bytes += #"\r"#.utf8
            case Byte.tab: bytes += #"\t"#.utf8
            case 0x08: bytes += #"\b"#.utf8
            case 0x0C: bytes += #"\f"#.utf8
            case ..<0x20: bytes += ((byte < 0x10 ? #"\u000"# : #"\u00"#) + String(byte, radix: 16)).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(Byte.doubleQuote)
    }
}
