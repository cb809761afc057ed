import FleetModel

/// Reads an INI file line by line into a draft; a line with a problem is left out, and the next one is read.
struct INIReader {
    private(set) var draft: InventoryDraft
    private(set) var problems: ProblemList
    private var pending = PendingGroups()
    /// What the lines belong to; nil behind a malformed header, whose lines can't be judged.
    private var section: (group: Int, kind: SectionHeader.Kind)? = (InventoryDraft.ungrouped, .hosts)

    init(text: String, file: String, draft: InventoryDraft, problems: ProblemList) {
        (self.draft, self.problems) = (draft, problems)
        SourceLine.forEach(in: text, file: file) { line in
            guard !line.isBlankOrComment else { return }
            do throws(Diagnostic) {
                try line.check()
                try read(line)
            } catch {
                self.problems.add(error)
            }
        }
        pending.report(in: self.draft, to: &self.problems)
    }

    private mutating func read(_ line: SourceLine) throws(Diagnostic) {
        if try readHeader(line) { return }
        guard let section else { return }
        switch section.kind {
        case .hosts: try readHosts(line, group: section.group)
        case .vars: try readGroupVariable(line, group: section.group)
        case .children: try readChild(line, group: section.group)
        }
    }

    /// False where the line is no header.
    private mutating func readHeader(_ line: SourceLine) throws(Diagnostic) -> Bool {
        let previous = section
        section = nil
        guard let header = try SectionHeader(line) else {
            section = previous
            return false
        }
        let isKnown = draft.groupIndexes[header.group] != nil
        let group = try draft.addGroup(header.group, at: line.location())
        try pending.meet(header, isKnown: isKnown, at: line.location(), in: &draft)
        if let problem = header.problem { throw problem }
        section = header.kind.map { (group, $0) }
        return true
    }

    private mutating func readHosts(_ line: SourceLine, group: Int) throws(Diagnostic) {
        let words = try ShellWord.words(of: line)
        guard let first = words.first else { return }
        var variables: [String: Variable] = [:]
        for word in words.dropFirst() {
            let (name, variable) = try hostVariable(word, in: line)
            variables[name] = variable
        }
        let location = line.location(column: first.column)
        let entry = try HostEntry(first.text, at: location, maximumNames: draft.remainingListings)
        try draft.add(entry, variables: variables, to: group, at: location)
    }

    private func hostVariable(_ word: ShellWord, in line: SourceLine) throws(Diagnostic) -> (String, Variable) {
        let location = line.location(column: word.column)
        guard let equals = word.text.utf8.firstIndex(of: Byte.equals) else {
            throw Diagnostic(
                "'\(word.text.printable(maximumBytes: 80))' is no variable: it has no '='", at: location,
                hint: "write key=value without spaces around the '='; values with spaces stand in quotes")
        }
        let name = String(word.text[..<equals])
        try checkVariableName(name, at: location)
        return (name, Variable(text: String(word.text[word.text.utf8.index(after: equals)...]), at: location))
    }

    private mutating func readGroupVariable(_ line: SourceLine, group: Int) throws(Diagnostic) {
        guard let equals = line.bytes.firstIndex(of: Byte.equals) else {
            throw Diagnostic(
                "'\(line.text.printable(maximumBytes: 80))' is no variable: it has no '='", at: line.location(),
                hint: "write key=value; hosts stand in a section without ':vars'")
        }
        let name = trimmed(line.bytes[..<equals])
        try checkVariableName(name, at: line.location())
        let variable = Variable(text: trimmed(line.bytes[(equals + 1)...]), at: line.location())
        try draft.set(name, variable, ofGroup: group)
    }

    private mutating func readChild(_ line: SourceLine, group: Int) throws(Diagnostic) {
        let name = trimmed(line.bytes.prefix { $0 != Byte.hash })
        if let blank = name.utf8.firstIndex(where: Byte.isBlank) {
            let offset = name[..<blank].unicodeScalars.count
            throw Diagnostic(
                "only the group '\(name[..<blank])' may stand in this line",
                at: line.location(column: line.column + offset),
                hint: "a ':children' section has one group a line; a comment begins with '#'")
        }
        try SectionHeader.checkGroupName(name, at: line.location())
        guard let child = draft.groupIndexes[name] else {
            pending.add(child: name, to: group, at: line.location())
            return
        }
        try draft.addChild(child, to: group, at: line.location())
    }

    private func checkVariableName(_ name: String, at location: SourceLocation) throws(Diagnostic) {
        guard let first = name.utf8.first else {
            throw Diagnostic("no name stands before the '='", at: location, hint: "write key=value")
        }
        guard !Byte.isDigit(first), name.utf8.allSatisfy(Byte.isWord) else {
            throw Diagnostic(
                "'\(name.printable(maximumBytes: 80))' is no name of a variable", at: location,
                hint: "names have letters, digits and '_', and don't begin with a digit")
        }
    }

    private func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let start = bytes.drop(while: Byte.isBlank)
        let end = start.lastIndex { !Byte.isBlank($0) }.map { $0 + 1 } ?? start.startIndex
        return String(decoding: start[..<end], as: UTF8.self)
    }
}
