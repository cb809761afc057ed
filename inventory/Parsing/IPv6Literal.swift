/// The text form of IPv6 addresses (RFC 4291 §2.2).
enum IPv6Literal {
    /// Whether the text is an address, with or without a zone (RFC 4007 §11).
    static func isValid(_ text: String) -> Bool {
        var address = Substring(text)
        if let percent = address.firstIndex(of: "%") {
            let zone = address[address.index(after: percent)...]
            guard !zone.isEmpty, zone.utf8.allSatisfy({ Byte.isWord($0) || ".-".utf8.contains($0) }) else {
                return false
            }
            address = address[..<percent]
        }
        // At most 45 characters: eight groups, the last two as IPv4 (RFC 4291 §2.2, form 3).
        guard address.utf8.count <= 45 else { return false }
        let halves = halvesAroundGap(of: address)
        guard let head = groupCount(halves.head, mayEndInIPv4: halves.tail == nil) else { return false }
        guard let tail = halves.tail else { return head == 8 }
        guard let tail = groupCount(tail, mayEndInIPv4: true) else { return false }
        return head + tail <= 7
    }

    private static func halvesAroundGap(of address: Substring) -> (head: Substring, tail: Substring?) {
        var index = address.startIndex
        while let colon = address[index...].firstIndex(of: ":") {
            let next = address.index(after: colon)
            if next < address.endIndex, address[next] == ":" {
                return (address[..<colon], address[address.index(after: next)...])
            }
            index = next
        }
        return (address, nil)
    }

    /// The 16-bit groups in the text, or nil where one of them is none.
    private static func groupCount(_ text: Substring, mayEndInIPv4: Bool) -> Int? {
        if text.isEmpty { return 0 }
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        var count = 0
        for (offset, group) in groups.enumerated() {
            if mayEndInIPv4, offset == groups.count - 1, isIPv4(group) {
                count += 2
            } else if (1...4).contains(group.utf8.count), group.utf8.allSatisfy(Byte.isHexadecimal) {
                count += 1
            } else {
                return nil
            }
        }
        return count
    }

    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.utf8.count) && part.utf8.allSatisfy(Byte.isDigit) && UInt8(part) != nil
            }
    }
}
