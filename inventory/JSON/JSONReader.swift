import FleetModel

/// Reads JSON as Python's `json.loads` does: RFC 8259, and `NaN` and `Infinity`; of equal keys the last one counts.
struct JSONReader {
    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    private var line = 1
    /// The column of the byte at `counted`. Kept, not counted anew for every value: programs print all in one line.
    private var column = 1
    private var counted = 0

    /// - Throws: where the text is not JSON, with the place.
    static func root(of text: String, file: String) throws(Diagnostics) -> DocumentNode {
        var reader = JSONReader(bytes: Array(text.utf8), file: file)
        do throws(Diagnostic) {
            let root = try reader.readValue(depth: 0)
            reader.skipBlanks()
            guard reader.position == reader.bytes.count else {
                throw reader.problem("text follows the end of the JSON")
            }
            return root
        } catch {
            throw Diagnostics([error])
        }
    }

    private init(bytes: [UInt8], file: String) {
        (self.bytes, self.file) = (bytes, file)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { (position, counted) = (3, 3) }
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The place of the next byte.
    private mutating func location() -> SourceLocation {
        column += bytes[counted..<position].count { !Byte.isContinuation($0) }
        counted = position
        return SourceLocation(file: file, line: line, column: column)
    }

    private mutating func problem(_ sentence: String) -> Diagnostic {
        Diagnostic("not valid JSON: \(sentence)", at: location())
    }

    private mutating func skipBlanks() {
        while let byte = current {
            switch byte {
            case Byte.lineFeed:
                line += 1
                (column, counted) = (1, position + 1)
            case Byte.space, Byte.tab, Byte.carriageReturn: break
            default: return
            }
            position += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func readValue(depth: Int) throws(Diagnostic) -> DocumentNode {
        skipBlanks()
        guard depth < InventoryLimits.maximumNesting else { throw problem("nested too deeply") }
        let start = location()
        guard let byte = current else { throw problem("the text ends too early") }
        switch byte {
        case UInt8(ascii: "{"): return try readObject(depth: depth, at: start)
        case Byte.openBracket: return try readArray(depth: depth, at: start)
        case Byte.doubleQuote:
            let text = try readString()
            return DocumentNode(.scalar(.string(text), text: text), at: start)
        default: return try readWord(at: start)
        }
    }

    private mutating func readArray(depth: Int, at start: SourceLocation) throws(Diagnostic) -> DocumentNode {
        position += 1
        var items: [DocumentNode] = []
        skipBlanks()
        if take("]") { return DocumentNode(.list([]), at: start) }
        repeat {
            items.append(try readValue(depth: depth + 1))
            skipBlanks()
        } while take(",")
        guard take("]") else { throw problem("expected ',' or ']'") }
        return DocumentNode(.list(items), at: start)
    }

    private mutating func readObject(depth: Int, at start: SourceLocation) throws(Diagnostic) -> DocumentNode {
        position += 1
        var entries: [DocumentNode.Entry] = []
        var indexes: [String: Int] = [:]
        skipBlanks()
        if take("}") { return DocumentNode(.mapping([]), at: start) }
        repeat {
            skipBlanks()
            let place = location()
            guard current == Byte.doubleQuote else { throw problem("expected a key in double quotes") }
            let name = try readString()
            skipBlanks()
            guard take(":") else { throw problem("expected ':'") }
            let node = try readValue(depth: depth + 1)
            let entry = DocumentNode.Entry(name: name, isText: true, location: place, node: node)
            if let index = indexes[name] {
                entries[index] = entry
            } else {
                indexes[name] = entries.count
                entries.append(entry)
            }
            skipBlanks()
        } while take(",")
        guard take("}") else { throw problem("expected ',' or '}'") }
        return marked(entries, at: start) ?? DocumentNode(.mapping(entries), at: start)
    }

    /// What Ansible writes in the place of strings that are no templates, or encrypted.
    private func marked(_ entries: [DocumentNode.Entry], at start: SourceLocation) -> DocumentNode? {
        for entry in entries {
            guard case .scalar(.string(let text), _) = entry.node.content else { continue }
            switch entry.name {
            case "__ansible_unsafe": return DocumentNode(.scalar(.unsafe(text), text: text), at: start)
            case "__ansible_vault": return DocumentNode(.scalar(.encrypted(text), text: "(encrypted)"), at: start)
            default: continue
            }
        }
        return nil
    }

    private mutating func readWord(at start: SourceLocation) throws(Diagnostic) -> DocumentNode {
        let word = bytes[position...].prefix { Byte.isWord($0) || "+-.".utf8.contains($0) }
        let text = String(decoding: word, as: UTF8.self)
        guard let value = Self.number(text) ?? Self.constants[text] else { throw problem("expected a value") }
        position = word.endIndex
        return DocumentNode(.scalar(value, text: text), at: start)
    }

    private static let constants: [String: Value] = [
        "true": .bool(true), "false": .bool(false), "null": .null, "NaN": .double(.nan), "Infinity": .double(.infinity),
        "-Infinity": .double(-.infinity),
    ]

    /// RFC 8259 §6; integers that do not fit in 64 bits are kept as strings.
    private static func number(_ text: String) -> Value? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard let first = digits.utf8.first, Byte.isDigit(first), digits.utf8.last.map(Byte.isDigit) == true,
            first != UInt8(ascii: "0") || digits.utf8.dropFirst().first.map(Byte.isDigit) != true
        else { return nil }
        if digits.utf8.allSatisfy(Byte.isDigit) { return Int(text).map(Value.int) ?? .string(text) }
        guard digits.utf8.allSatisfy({ Byte.isDigit($0) || ".eE+-".utf8.contains($0) }), !text.contains(".e"),
            !text.contains(".E")
        else { return nil }
        return Double(text).map(Value.double)
    }

    private mutating func readString() throws(Diagnostic) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = current {
            switch byte {
            case Byte.doubleQuote:
                position += 1
                return String(decoding: text, as: UTF8.self)
            case Byte.backslash:
                position += 1
                try readEscape(into: &text)
            case ..<0x20: throw problem("a control character stands in a string")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw problem("a string is not closed")
    }

    private mutating func readEscape(into text: inout [UInt8]) throws(Diagnostic) {
        guard let byte = current else { throw problem("a string is not closed") }
        position += 1
        switch byte {
        case Byte.doubleQuote, Byte.backslash, UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(Byte.lineFeed)
        case UInt8(ascii: "r"): text.append(Byte.carriageReturn)
        case UInt8(ascii: "t"): text.append(Byte.tab)
        case UInt8(ascii: "u"): text += String(try readScalar()).utf8
        default: throw problem("unknown escape in a string")
        }
    }

    /// One UTF-16 code unit, or the pair of them that is one character.
    private mutating func readScalar() throws(Diagnostic) -> Unicode.Scalar {
        let first = try readCodeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        if (0xD800..<0xDC00).contains(first), take("\\"), take("u") {
            let second = try readCodeUnit()
            if (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return scalar
            }
        }
        throw problem("half a surrogate pair stands in a string")
    }

    private mutating func readCodeUnit() throws(Diagnostic) -> UInt32 {
        let digits = bytes[position...].prefix(4).prefix(while: Byte.isHexadecimal)
        guard digits.count == 4, let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw problem("'\\u' needs four hexadecimal digits")
        }
        position = digits.endIndex
        return code
    }
}
