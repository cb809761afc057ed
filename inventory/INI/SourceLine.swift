import FleetModel

/// One line of the file without the white space around it.
struct SourceLine {
    let file: String
    /// From 1.
    let number: Int
    /// UTF-8.
    let bytes: ArraySlice<UInt8>
    /// The column of the first byte, from 1.
    let column: Int

    var isBlankOrComment: Bool { bytes.first.map { $0 == Byte.hash || $0 == Byte.semicolon } ?? true }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func location(column: Int? = nil) -> SourceLocation {
        SourceLocation(file: file, line: number, column: column ?? self.column)
    }

    /// The place of one of this line's bytes.
    func location(ofByteAt index: Int) -> SourceLocation {
        location(column: column + bytes[..<index].count { !Byte.isContinuation($0) })
    }

    /// - Throws: where the line is too long or has a character that no editor shows.
    func check() throws(Diagnostic) {
        guard bytes.count <= InventoryLimits.maximumLineBytes else {
            throw Diagnostic(
                "line of \(bytes.count) bytes; at most \(InventoryLimits.maximumLineBytes) are allowed", at: location())
        }
        if let index = bytes.indices.first(where: isControlCharacter) {
            let code = bytes[index] == 0xC2 ? bytes[index + 1] : bytes[index]
            throw Diagnostic(
                "control character U+00\(code < 16 ? "0" : "")\(String(code, radix: 16, uppercase: true))",
                at: location(ofByteAt: index), hint: "the inventory is a text file in UTF-8; delete the character")
        }
    }

    /// C0 but tab, DEL, and C1, which UTF-8 writes as C2 80…9F.
    private func isControlCharacter(at index: Int) -> Bool {
        let byte = bytes[index]
        if byte < 0x20 { return byte != Byte.tab }
        if byte == 0xC2 { return index + 1 < bytes.endIndex && bytes[index + 1] < 0xA0 }
        return byte == 0x7F
    }

    /// Calls `body` with each line; lines end in LF, CRLF or CR, and a byte order mark is no part of the first one.
    static func forEach(in text: String, file: String, _ body: (SourceLine) -> Void) {
        let bytes = Array(text.utf8)
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var number = 1
        while start < bytes.count {
            let end = bytes[start...].firstIndex { $0 == Byte.lineFeed || $0 == Byte.carriageReturn } ?? bytes.count
            body(SourceLine(file: file, number: number, untrimmed: bytes[start..<end]))
            let isPair = end + 1 < bytes.count && bytes[end] == Byte.carriageReturn && bytes[end + 1] == Byte.lineFeed
            start = end + (isPair ? 2 : 1)
            number += 1
        }
    }

    private init(file: String, number: Int, untrimmed: ArraySlice<UInt8>) {
        self.file = file
        self.number = number
        let start = untrimmed.firstIndex { !Byte.isBlank($0) } ?? untrimmed.endIndex
        let end = untrimmed[start...].lastIndex { !Byte.isBlank($0) }.map { $0 + 1 } ?? start
        bytes = untrimmed[start..<end]
        column = start - untrimmed.startIndex + 1
    }
}
