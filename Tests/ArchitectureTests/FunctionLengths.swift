/// A function's name, place and number of lines from its name to its closing brace.
struct FunctionLength: Equatable {
    var name: String
    var line: Int
    var lines: Int
}

extension SwiftFile {
    /// Every function, initializer and subscript that has a body, nested ones too.
    var functions: [FunctionLength] {
        let declaration = /^\s*(?:[@\w]+(?:\([^)]*\))?\s+)*(?:func|init|deinit|subscript)\b/
        return code.indices.compactMap { index in
            guard code[index].contains(declaration), let last = endOfBody(from: index) else { return nil }
            return FunctionLength(name: name(on: index), line: index + 1, lines: last - index + 1)
        }
    }

    /// `func load`, `init`: the line as written, up to its first bracket, without modifiers.
    private func name(on index: Int) -> String {
        let match = lines[index].firstMatch(of: /\b(func\s+(?:`[^`]+`|[^\s(<]+)|init|deinit|subscript)/)
        return match.map { String($0.1) } ?? "function"
    }

    /// The index of the line on which the body that begins after `start` ends; nil where there is no body.
    private func endOfBody(from start: Int) -> Int? {
        var parentheses = 0
        var braces = 0
        for index in start..<code.count {
            for character in code[index] {
                switch character {
                case "(", "[": parentheses += 1
                case ")", "]": parentheses -= 1
                case "{" where parentheses == 0 || braces > 0: braces += 1
                case "}" where braces > 0:
                    braces -= 1
                    if braces == 0 { return index }
                case "}" where parentheses == 0: return nil
                default: break
                }
            }
            if braces == 0, parentheses == 0, !signatureContinues(after: index) { return nil }
        }
        return nil
    }

    private func signatureContinues(after index: Int) -> Bool {
        if code[index].contains(/(->|where|,|=|:)\s*$/) { return true }
        guard index + 1 < code.count else { return false }
        return code[index + 1].contains(/^\s*(\{|->|async\b|throws\b|rethrows\b|where\b|\))/)
    }
}
