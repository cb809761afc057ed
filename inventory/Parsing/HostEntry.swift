import FleetModel

/// What stands for hosts in an inventory: one name or, with ranges, many, and the port behind it.
struct HostEntry {
    let names: [HostName]
    let port: Int?

    /// - Parameter maximumNames: how many it may stand for.
    /// - Throws: where it is no name, its range is malformed or too great, or the port is none.
    init(_ text: String, at location: SourceLocation, maximumNames: Int) throws(Diagnostic) {
        let parts = HostEntryParts(text, column: location.column)
        func place(_ column: Int) -> SourceLocation {
            SourceLocation(file: location.file, line: location.line, column: column)
        }
        if let text = parts.port {
            port = try Self.port(text, at: place(parts.portColumn))
        } else {
            port = nil
        }
        let pattern = try HostNamePattern(parts.name, isIPv6: parts.isIPv6, at: place(parts.nameColumn))
        names = try pattern.names(maximum: maximumNames)
    }

    /// One name as a program gives it: what looks like a range or a port is refused.
    init(name text: String, at location: SourceLocation, maximumNames: Int) throws(Diagnostic) {
        port = nil
        let isIPv6 = text.utf8.count { $0 == Byte.colon } > 1
        let pattern = try HostNamePattern(text, isIPv6: isIPv6, at: location)
        guard !pattern.hasRange else {
            throw Diagnostic(
                "'\(text.printable(maximumBytes: 80))' is a range, which means nothing here", at: location,
                hint: "name each host")
        }
        names = try pattern.names(maximum: maximumNames)
    }

    private static func port(_ text: String, at location: SourceLocation) throws(Diagnostic) -> Int {
        guard !text.isEmpty, text.utf8.allSatisfy(Byte.isDigit) else {
            throw Diagnostic(
                text.isEmpty ? "no port follows the ':'" : "port '\(text.printable(maximumBytes: 80))' is not a number",
                at: location,
                hint: "a host is written name, name:port or [IPv6 address]:port")
        }
        guard let port = Int(text), (1...65535).contains(port) else {
            throw Diagnostic("port \(text.printable(maximumBytes: 80)) is not in 1…65535", at: location)
        }
        return port
    }
}

/// `name`, `name:port`, `[name]:port`, or an IPv6 address without port; none of them checked.
private struct HostEntryParts {
    var name: String
    var nameColumn: Int
    var port: String?
    var portColumn: Int
    var isIPv6: Bool

    init(_ text: String, column: Int) {
        let bytes = Array(text.utf8)
        let (colons, closing) = Self.outsideBrackets(bytes)
        (name, nameColumn, port, portColumn, isIPv6) = (text, column, nil, column, false)
        if let closing, let colon = colons.last, colon == closing + 1,
            bytes[(colon + 1)...].allSatisfy(Byte.isDigit), !Self.isRange(bytes[1..<closing])
        {
            split(bytes, name: 1..<closing, colon: colon)
            isIPv6 = name.utf8.contains(Byte.colon)
        } else if colons.count == 1 {
            split(bytes, name: 0..<colons[0], colon: colons[0])
        } else {
            isIPv6 = colons.count > 1
        }
    }

    private mutating func split(_ bytes: [UInt8], name range: Range<Int>, colon: Int) {
        name = String(decoding: bytes[range], as: UTF8.self)
        port = String(decoding: bytes[(colon + 1)...], as: UTF8.self)
        portColumn = nameColumn + bytes[...colon].count { !Byte.isContinuation($0) }
        nameColumn += range.lowerBound
    }

    private static func isRange(_ bytes: ArraySlice<UInt8>) -> Bool {
        (try? HostRange(String(decoding: bytes, as: UTF8.self))) != nil
    }

    /// The colons outside brackets, and the bracket that closes the one at the beginning.
    private static func outsideBrackets(_ bytes: [UInt8]) -> (colons: [Int], closing: Int?) {
        var colons: [Int] = []
        var closing: Int?
        var depth = 0
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case Byte.openBracket: depth += 1
            case Byte.closeBracket:
                depth -= 1
                if depth == 0, closing == nil, bytes[0] == Byte.openBracket { closing = index }
            case Byte.colon where depth == 0: colons.append(index)
            default: break
            }
        }
        return (colons, closing)
    }
}
