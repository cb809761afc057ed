import FleetModel

/// One file: its blocks in order.
struct ConfigDocument: Sendable {
    var blocks: [ConfigBlock] = []

    /// Something may match only once the name of the host is final (ssh_config(5), Match).
    var asksForFinalPass: Bool {
        blocks.contains { block in
            if case .match(let match) = block.condition, match.asksForFinalPass { return true }
            return block.items.contains {
                if case .include(let document) = $0 { document.asksForFinalPass } else { false }
            }
        }
    }

    /// Even where they don't apply, ssh refuses keywords that it does not know.
    var unknownKeywords: [UnknownKeyword] { blocks.flatMap(\.unknownKeywords) }
}

/// What stands between one `Host` or `Match` and the next.
struct ConfigBlock: Sendable {
    enum Condition: Sendable {
        /// Before the first `Host` or `Match` of a file.
        case none
        case host(PatternList)
        case match(MatchCondition)
    }

    enum Item: Sendable {
        case setting(Setting)
        case include(ConfigDocument)
        case unknown(UnknownKeyword)
    }

    var condition: Condition
    var items: [Item] = []
    /// Those of the included files, too.
    private(set) var unknownKeywords: [UnknownKeyword] = []

    init(_ condition: Condition) { self.condition = condition }

    mutating func append(_ item: Item) {
        items.append(item)
        switch item {
        case .unknown(let keyword): unknownKeywords.append(keyword)
        case .include(let document): unknownKeywords += document.unknownKeywords
        case .setting: break
        }
    }
}

/// A keyword that is a mistake unless `IgnoreUnknown` covers it.
struct UnknownKeyword: Sendable {
    var name: String
    var location: SourceLocation?

    var diagnostic: Diagnostic {
        let word = name.printable(maximumBytes: 80)
        return Diagnostic(
            "unknown keyword '\(word)'\(didYouMean(word, among: Keyword.names))", at: location,
            hint: "if another ssh needs it, write IgnoreUnknown \(word) before it")
    }
}
