/// Blanks what is not code, so that a rule never trips over a word in a comment or a string.
///
/// Knows line and nested block comments, plain, multi-line and raw strings, interpolations (which stay code) and raw
/// identifiers. Regex literals are taken for code; a quote inside one is healed at the end of its line.
struct CodeScanner {
    private let input: [Character]
    private var position = 0
    private var output: [Character] = []

    static func blankingTextAndComments(in text: String) -> String {
        var scanner = CodeScanner(input: Array(text))
        while scanner.position < scanner.input.count { scanner.scanCode() }
        return String(scanner.output)
    }

    private init(input: [Character]) {
        self.input = input
        output.reserveCapacity(input.count)
    }

    private mutating func scanCode() {
        if starts(with: "//") {
            while position < input.count, input[position] != "\n" { blank() }
        } else if starts(with: "/*") {
            skipBlockComment()
        } else if let hashes = hashesBeforeQuote() {
            skipString(hashes: hashes)
        } else if input[position] == "`" {
            repeat { blank() } while position < input.count && input[position] != "`" && input[position] != "\n"
            if position < input.count, input[position] == "`" { blank() }
        } else {
            keep()
        }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1; blank(2)
            } else if starts(with: "*/") {
                depth -= 1; blank(2)
            } else {
                blank()
            }
        } while depth > 0 && position < input.count
    }

    private mutating func skipString(hashes: Int) {
        blank(hashes)
        let isMultiline = starts(with: "\"\"\"")
        let quote = isMultiline ? "\"\"\"" : "\""
        let marks = String(repeating: "#", count: hashes)
        blank(quote.count)
        while position < input.count, !starts(with: quote + marks) {
            if starts(with: "\\" + marks + "(") {
                blank(1 + hashes)
                keepInterpolation()
            } else if starts(with: "\\" + marks) {
                blank(2 + hashes)
            } else if input[position] == "\n", !isMultiline {
                return
            } else {
                blank()
            }
        }
        blank(quote.count + hashes)
    }

    private mutating func keepInterpolation() {
        var depth = 0
        repeat {
            if input[position] == "(" { depth += 1 }
            if input[position] == ")" { depth -= 1 }
            scanCode()
        } while depth > 0 && position < input.count
    }

    private func starts(with text: String) -> Bool { input[position...].starts(with: text) }

    /// The number of `#` before a quote that begins a string here; nil where none begins.
    private func hashesBeforeQuote() -> Int? {
        let rest = input[position...]
        let hashes = rest.prefix { $0 == "#" }.count
        return rest.dropFirst(hashes).first == "\"" ? hashes : nil
    }

    private mutating func keep() {
        output.append(input[position])
        position += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < input.count {
            output.append(input[position] == "\n" ? "\n" : " ")
            position += 1
        }
    }
}
