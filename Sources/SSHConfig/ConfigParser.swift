import FleetModel

/// Reads files, and the files they include, into documents; keeps what is wrong with them.
struct ConfigParser {
    let source: any SSHConfigSource
    let facts: LocalFacts
    private(set) var problems: [Diagnostic] = []
    private var fileCount = 0
    private var directiveCount = 0

    init(source: any SSHConfigSource, facts: LocalFacts) {
        self.source = source
        self.facts = facts
    }

    /// A file, where it is, and what its relative includes begin with.
    private struct File {
        var path: String
        /// The user's, or included by the user's: `~` means something, and relative paths begin in `~/.ssh`.
        var isUsers: Bool
        var depth: Int
    }

    /// Nil where there is no such file.
    mutating func document(at path: String, isUsers: Bool, isGuarded: Bool) -> ConfigDocument? {
        document(File(path: path, isUsers: isUsers, depth: 0), isGuarded: isGuarded, includedAt: nil)
    }

    private mutating func document(_ file: File, isGuarded: Bool, includedAt: SourceLocation?) -> ConfigDocument? {
        guard file.depth <= SSHConfigLimits.maximumIncludeDepth, fileCount < SSHConfigLimits.maximumFiles else {
            report(Diagnostic(tooManyIncludes(file), at: includedAt, hint: "does a file include itself?"))
            return nil
        }
        fileCount += 1
        do throws(SSHConfigFileError) {
            guard let bytes = try source.contents(of: file.path, isGuarded: isGuarded) else { return nil }
            return parse(bytes, of: file)
        } catch {
            report(
                Diagnostic(
                    "'\(file.path.printable())' \(error.problem)", at: includedAt,
                    hint: error.hint ?? "it must be a file that you may read"))
            return nil
        }
    }

    private func tooManyIncludes(_ file: File) -> String {
        file.depth > SSHConfigLimits.maximumIncludeDepth
            ? "files include each other more than \(SSHConfigLimits.maximumIncludeDepth) deep"
            : "more than \(SSHConfigLimits.maximumFiles) files are included"
    }

    private mutating func report(_ problem: Diagnostic) {
        if problems.count < SSHConfigLimits.maximumProblems { problems.append(problem) }
    }

    private mutating func parse(_ bytes: [UInt8], of file: File) -> ConfigDocument {
        var document = ConfigDocument()
        var block = ConfigBlock(.none)
        guard bytes.count <= SSHConfigLimits.maximumFileBytes else {
            report(
                Diagnostic("'\(file.path.printable())' is larger than \(SSHConfigLimits.maximumFileBytes >> 20) MiB"))
            return document
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            // A file whose every include fails in the same way says so often enough.
            guard problems.count < SSHConfigLimits.maximumProblems else { break }
            do throws(Diagnostic) {
                guard let line = try configLine(bytes, number: index + 1, of: file) else { continue }
                if let condition = try condition(line) {
                    document.blocks.append(block)
                    block = ConfigBlock(condition)
                } else {
                    for item in try items(line, of: file) { block.append(item) }
                }
            } catch {
                report(error)
            }
        }
        document.blocks.append(block)
        return document
    }

    private mutating func configLine(
        _ bytes: ArraySlice<UInt8>, number: Int, of file: File
    ) throws(Diagnostic) -> ConfigLine? {
        func place(_ column: Int) -> SourceLocation {
            SourceLocation(file: file.path.printable(), line: number, column: column)
        }
        guard bytes.count <= SSHConfigLimits.maximumLineBytes, !bytes.contains(0) else {
            throw Diagnostic(
                bytes.contains(0)
                    ? "the line has a NUL byte" : "the line is longer than \(SSHConfigLimits.maximumLineBytes) bytes",
                at: place(1))
        }
        guard let line = try ConfigLine(bytes, at: place) else { return nil }
        directiveCount += 1
        guard directiveCount <= SSHConfigLimits.maximumDirectives else {
            throw Diagnostic("there are more than \(SSHConfigLimits.maximumDirectives) settings", at: line.location)
        }
        return line
    }

    /// What begins a block.
    private func condition(_ line: ConfigLine) throws(Diagnostic) -> ConfigBlock.Condition? {
        switch Keyword(line.keyword) {
        case .host:
            let words = try line.words()
            guard !words.isEmpty, !words.contains("") else {
                throw Diagnostic("Host has an empty pattern", at: line.location)
            }
            return .host(PatternList(words: words))
        case .match: return .match(try MatchCondition(line))
        default: return nil
        }
    }

    private mutating func items(_ line: ConfigLine, of file: File) throws(Diagnostic) -> [ConfigBlock.Item] {
        switch Keyword(line.keyword) {
        case .host, .match, .irrelevant: return []
        case .include: return try includes(line, of: file)
        case .honoured(let keyword): return [.setting(try SettingParser(line: line).setting(keyword))]
        case .unsupported(let keyword):
            if keyword.isUsualInSystemFile && !file.isUsers { return [] }
            return try SettingParser(line: line).setting(keyword).map { [.setting($0)] } ?? []
        case nil: return [.unknown(UnknownKeyword(name: line.keyword, location: line.location))]
        }
    }

    private mutating func includes(_ line: ConfigLine, of file: File) throws(Diagnostic) -> [ConfigBlock.Item] {
        var items: [ConfigBlock.Item] = []
        for word in try line.words() {
            for path in source.paths(matching: try anchored(word, in: file, line)) {
                guard problems.count < SSHConfigLimits.maximumProblems else { return items }
                let included = File(path: path, isUsers: file.isUsers, depth: file.depth + 1)
                // Whoever could write an included file could take everything over: ssh checks all of them.
                if let document = document(included, isGuarded: true, includedAt: line.location) {
                    items.append(.include(document))
                }
            }
        }
        return items
    }

    private func anchored(_ pattern: String, in file: File, _ line: ConfigLine) throws(Diagnostic) -> String {
        let shown = pattern.printable(maximumBytes: 200)
        guard !pattern.isEmpty else { throw Diagnostic("Include has an empty path", at: line.location) }
        if pattern.hasPrefix("~") {
            guard file.isUsers, let path = facts.expandingTilde(pattern) else {
                throw Diagnostic(
                    "Include '\(shown)': '~' can't be used here", at: line.location, hint: "write the whole path")
            }
            return path
        }
        if pattern.hasPrefix("/") { return pattern }
        return (file.isUsers ? facts.home + "/.ssh/" : "/etc/ssh/") + pattern
    }
}
