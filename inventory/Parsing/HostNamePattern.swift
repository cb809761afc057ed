import FleetModel

/// A host's name with the ranges in it: `web[01:50].rack[a:f]`.
struct HostNamePattern {
    private enum Segment {
        case text(String)
        case range(HostRange)
    }

    private var segments: [Segment] = []
    private let isIPv6: Bool
    private let location: SourceLocation

    /// - Throws: where a character may not stand in a name, or a range is malformed.
    init(_ text: String, isIPv6: Bool, at location: SourceLocation) throws(Diagnostic) {
        self.isIPv6 = isIPv6
        self.location = location
        var rest = text[...]
        var column = location.column
        while !rest.isEmpty {
            let literal = rest[..<(rest.utf8.firstIndex(of: Byte.openBracket) ?? rest.endIndex)]
            try check(literal, column: column)
            if !literal.isEmpty { segments.append(.text(String(literal))) }
            column += literal.unicodeScalars.count
            rest = rest[literal.endIndex...]
            if rest.isEmpty { break }
            guard let close = rest.utf8.firstIndex(of: Byte.closeBracket) else {
                throw Diagnostic("the range's '[' is not closed", at: place(column), hint: Self.rangeHint)
            }
            let range = rest[..<close].dropFirst()
            segments.append(.range(try Self.range(range, at: place(column))))
            column += range.unicodeScalars.count + 2
            rest = rest[rest.utf8.index(after: close)...]
        }
    }

    var hasRange: Bool { segments.contains { if case .range = $0 { true } else { false } } }

    /// The names in Ansible's order: the last range runs fastest.
    ///
    /// - Throws: where there are more than `maximum`, or one is no valid name.
    func names(maximum: Int) throws(Diagnostic) -> [HostName] {
        try checkCount(maximum: maximum)
        var texts = [""]
        for segment in segments {
            switch segment {
            case .text(let text): for index in texts.indices { texts[index] += text }
            case .range(let range):
                let values = range.values
                texts = texts.flatMap { text in values.map { text + $0 } }
            }
        }
        var names: [HostName] = []
        names.reserveCapacity(texts.count)
        for text in texts { names.append(try name(text)) }
        return names
    }

    private func checkCount(maximum: Int) throws(Diagnostic) {
        var count = 1
        for case .range(let range) in segments {
            let (product, overflow) = count.multipliedReportingOverflow(by: range.count)
            guard !overflow, product <= InventoryLimits.maximumHosts else { throw Self.tooManyHosts(at: location) }
            count = product
        }
        guard count <= maximum else {
            throw Diagnostic(
                "hosts are listed more than \(InventoryLimits.maximumListings) times from here on", at: location,
                hint: "list them once, in the deepest group, and make that a child of the others")
        }
    }

    /// The limit for one range, and for the whole inventory.
    static func tooManyHosts(at location: SourceLocation) -> Diagnostic {
        Diagnostic(
            "the inventory has more than \(InventoryLimits.maximumHosts) hosts from here on", at: location,
            hint: "make the range smaller, or split the fleet into several inventories")
    }

    private func name(_ text: String) throws(Diagnostic) -> HostName {
        if isIPv6, !IPv6Literal.isValid(text) {
            throw Diagnostic(
                "'\(text.printable(maximumBytes: 80))' has several colons but is no IPv6 address", at: location,
                hint: "a host is written name, name:port or [IPv6 address]:port")
        }
        // A name that begins with a dash would be an option to every program that gets it as an argument.
        guard let name = HostName(text), let first = text.utf8.first, !".-".utf8.contains(first) else {
            throw Diagnostic(
                "'\(text.printable(maximumBytes: 80))' is no host name", at: location,
                hint: "a name has at most 253 bytes and begins with a letter, a digit or '_'")
        }
        return name
    }

    private func check(_ literal: Substring, column: Int) throws(Diagnostic) {
        for (offset, scalar) in literal.unicodeScalars.enumerated() where !isAllowed(scalar) {
            throw Diagnostic(
                "'\(scalar.escaped(asASCII: true))' may not stand in a host's name", at: place(column + offset),
                hint: Self.hint(for: scalar))
        }
    }

    private func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            let byte = UInt8(scalar.value)
            return Byte.isWord(byte) || ".-".utf8.contains(byte) || (isIPv6 && ":%".utf8.contains(byte))
        }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    private static func hint(for scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "=": "a variable stands behind a host on its line, or in a [group:vars] section"
        case "@": "write the host alone and set ansible_user"
        case ",": "write one host a line"
        case "]": rangeHint
        case "{", "}": "templates are not evaluated; write the name itself"
        default: "names have letters, digits, '.', '-' and '_'"
        }
    }

    private static let rangeHint = "a range is written [first:last] or [first:last:step]"

    private static func range(_ text: Substring, at location: SourceLocation) throws(Diagnostic) -> HostRange {
        do throws(HostRange.Malformed) {
            return try HostRange(String(text))
        } catch {
            throw Diagnostic(error.problem, at: location, hint: rangeHint)
        }
    }

    private func place(_ column: Int) -> SourceLocation {
        SourceLocation(file: location.file, line: location.line, column: column)
    }
}
