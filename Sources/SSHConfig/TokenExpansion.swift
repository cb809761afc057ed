import FleetModel

/// Replaces `%h` and the like, and `${NAME}` where a keyword allows it (ssh_config(5), TOKENS).
struct TokenExpansion {
    /// By the letter behind the `%`.
    private let tokens: [UInt8: String]
    /// Nil where `${NAME}` has no meaning.
    private let environment: [String: String]?

    init(_ tokens: [Unicode.Scalar: String], environment: [String: String]? = nil) {
        self.tokens = Dictionary(
            tokens.map { (UInt8(ascii: $0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
        self.environment = environment
    }

    static func isNeeded(for text: String) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "$") }
    }

    func expand(_ text: String, of keyword: String, at location: SourceLocation?) throws(Diagnostic) -> String {
        var expanded: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let letter = rest.popFirst(), let value = value(letter) else {
                    throw Diagnostic(
                        "\(keyword) '\(text.printable(maximumBytes: 200))' has a '%' that means nothing here",
                        at: location, hint: "allowed: \(allowedTokens); write %% for the character itself")
                }
                expanded += Array(value.utf8)
            } else if byte == UInt8(ascii: "$"), rest.first == UInt8(ascii: "{"), let environment {
                expanded += Array(try variable(from: &rest, environment, keyword, location).utf8)
            } else {
                expanded.append(byte)
            }
        }
        return String(decoding: expanded, as: UTF8.self)
    }

    private func value(_ letter: UInt8) -> String? { letter == UInt8(ascii: "%") ? "%" : tokens[letter] }

    private var allowedTokens: String {
        tokens.keys.sorted().map { "%" + String(Unicode.Scalar($0)) }.joined(separator: " ")
    }

    private func variable(
        from rest: inout ArraySlice<UInt8>, _ environment: [String: String], _ keyword: String,
        _ location: SourceLocation?
    ) throws(Diagnostic) -> String {
        let name = String(decoding: rest.dropFirst().prefix { $0 != UInt8(ascii: "}") }, as: UTF8.self)
        rest = rest.dropFirst(name.utf8.count + 1)
        guard rest.popFirst() != nil else {
            throw Diagnostic("\(keyword): no '}' closes '${'", at: location)
        }
        guard let value = environment[name] else {
            throw Diagnostic(
                "\(keyword): the environment has no '\(name.printable(maximumBytes: 80))'", at: location,
                hint: "export it, or write the value itself")
        }
        return value
    }
}
