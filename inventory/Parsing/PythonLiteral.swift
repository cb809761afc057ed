/// Reads the literals of Python that Ansible takes from an inventory (`ast.literal_eval`).
///
/// Not read, and so strings: bytes, complex numbers, numbers outside `Int` and `Double`, and nesting beyond
/// ``InventoryLimits/maximumNesting``.
struct PythonLiteral {
    let bytes: [UInt8]
    var position = 0

    /// Nil where the text as a whole is no literal.
    static func value(of text: String) -> Value? {
        // Most values are plain words: they begin with a letter and are none of Python's.
        guard let first = text.utf8.first(where: { !Byte.isBlank($0) }), mayBegin(text, with: first) else { return nil }
        var reader = PythonLiteral(bytes: Array(text.utf8))
        guard let value = reader.readItems(until: nil, depth: 0) else { return nil }
        return reader.isAtEnd ? value : nil
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private static func mayBegin(_ text: String, with first: UInt8) -> Bool {
        guard Byte.isLetter(first) else { return true }
        return "TFNrRuU".utf8.contains(first)
    }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool { take(UInt8(ascii: character)) }

    mutating func skipBlanks() {
        while let byte = current, Byte.isBlank(byte) { position += 1 }
    }

    /// A comment may end the text, as in Python's source.
    private var isAtEnd: Bool { current == nil || current == Byte.hash }

    /// One expression, or a tuple where commas separate several; `closing` ends it, or the text.
    private mutating func readItems(until closing: UInt8?, depth: Int) -> Value? {
        var items: [Value] = []
        var isTuple = false
        while true {
            skipBlanks()
            if closing == nil ? isAtEnd : current == closing { break }
            guard let item = readValue(depth: depth) else { return nil }
            items.append(item)
            skipBlanks()
            guard take(",") else { break }
            isTuple = true
        }
        if let closing {
            guard take(closing) else { return nil }
            return isTuple || items.isEmpty ? .list(items) : items[0]
        }
        return isTuple ? .list(items) : items.first
    }

    private mutating func readValue(depth: Int) -> Value? {
        guard depth < InventoryLimits.maximumNesting, let byte = current else { return nil }
        switch byte {
        case UInt8(ascii: "("):
            position += 1
            return readItems(until: UInt8(ascii: ")"), depth: depth + 1)
        case Byte.openBracket:
            position += 1
            return readList(closing: Byte.closeBracket, depth: depth + 1)
        case UInt8(ascii: "{"):
            position += 1
            return readBraces(depth: depth + 1)
        default:
            return readString() ?? readNumber() ?? readConstant()
        }
    }

    private mutating func readList(closing: UInt8, after items: [Value] = [], depth: Int) -> Value? {
        var items = items
        skipBlanks()
        while current != closing {
            guard items.isEmpty || take(",") else { return nil }
            skipBlanks()
            // A comma may stand behind the last item.
            if !items.isEmpty, current == closing { break }
            guard let item = readValue(depth: depth) else { return nil }
            items.append(item)
            skipBlanks()
        }
        position += 1
        return .list(items)
    }

    /// A dictionary, or a set, which becomes a list.
    private mutating func readBraces(depth: Int) -> Value? {
        let closing = UInt8(ascii: "}")
        skipBlanks()
        if take(closing) { return .dictionary([:]) }
        guard let first = readValue(depth: depth) else { return nil }
        skipBlanks()
        guard current == Byte.colon else {
            guard case .list(let items)? = readList(closing: closing, after: [first], depth: depth) else { return nil }
            var seen = Set<Value>()
            return .list(items.filter { seen.insert($0).inserted })
        }
        return readDictionary(firstKey: first, closing: closing, depth: depth)
    }

    private mutating func readDictionary(firstKey: Value, closing: UInt8, depth: Int) -> Value? {
        var entries = Value.Entries()
        var key = firstKey
        while true {
            skipBlanks()
            guard let text = key.keyText, take(":") else { return nil }
            skipBlanks()
            guard let value = readValue(depth: depth) else { return nil }
            entries[text] = value
            skipBlanks()
            let hasComma = take(",")
            skipBlanks()
            if take(closing) { return .dictionary(entries) }
            guard hasComma, let next = readValue(depth: depth) else { return nil }
            key = next
        }
    }

    private mutating func readConstant() -> Value? {
        let word = bytes[position...].prefix(while: Byte.isWord)
        let value: Value
        switch String(decoding: word, as: UTF8.self) {
        case "True": value = .bool(true)
        case "False": value = .bool(false)
        case "None": value = .null
        default: return nil
        }
        position = word.endIndex
        return value
    }
}
