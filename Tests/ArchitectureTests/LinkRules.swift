/// Relative links in the documents lead somewhere.
enum LinkRules {
    static func brokenLinks(in text: String, at path: String, exists: (String) -> Bool) -> [Violation] {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        var isFenced = false
        var violations: [Violation] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.contains(/^\s*(```|~~~)/) { isFenced.toggle() }
            if isFenced { continue }
            for link in line.replacing(/`[^`]*`/, with: "").matches(of: /\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/) {
                guard let target = relativeTarget(link.1) else { continue }
                let resolved = folder.isEmpty ? target : folder + "/" + target
                if !exists(resolved) {
                    violations.append(
                        Violation(file: path, line: index + 1, problem: "link to \(link.1) leads nowhere"))
                }
            }
        }
        return violations
    }

    /// The file part; nil for a link within the page or to another site.
    private static func relativeTarget(_ link: Substring) -> String? {
        if link.contains(/^[a-z][a-z0-9+.-]*:/) { return nil }
        let file = link.prefix { $0 != "#" }
        return file.isEmpty ? nil : String(file)
    }
}
