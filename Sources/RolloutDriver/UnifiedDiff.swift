import FleetModel

/// Two texts side by side, as diff(1) writes it with `-u`, without the file names.
enum UnifiedDiff {
    /// Lines that stay around each change.
    private static let context = 3
    /// Ends the last line of a text that does not end with a line feed.
    static let missingLineFeed = " (no line feed at the end)"

    private struct Line {
        let sign: Character
        let text: String
    }

    /// The hunks, each after a line that says where it is. Every line is printable.
    static func lines(from old: [String], to new: [String]) -> [String] {
        let all = merged(old, new)
        let changed = all.indices.filter { all[$0].sign != " " }
        var output: [String] = []
        var next = changed.startIndex
        while next < changed.endIndex {
            let start = max(changed[next] - context, 0)
            var end = min(changed[next] + context + 1, all.count)
            next += 1
            while next < changed.endIndex, changed[next] - context <= end {
                end = min(changed[next] + context + 1, all.count)
                next += 1
            }
            output.append(heading(all, start..<end))
            output += all[start..<end].map { "\($0.sign)" + $0.text.printable() }
        }
        return output
    }

    private static func merged(_ old: [String], _ new: [String]) -> [Line] {
        let difference = new.difference(from: old)
        let removed = Set(difference.removals.map(\.offset)), inserted = Set(difference.insertions.map(\.offset))
        var lines: [Line] = []
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if i < old.count, removed.contains(i) {
                lines.append(Line(sign: "-", text: old[i]))
                i += 1
            } else if j < new.count, inserted.contains(j) {
                lines.append(Line(sign: "+", text: new[j]))
                j += 1
            } else {
                lines.append(Line(sign: " ", text: new[j]))
                (i, j) = (i + 1, j + 1)
            }
        }
        return lines
    }

    private static func heading(_ lines: [Line], _ range: Range<Int>) -> String {
        let before = lines[..<range.lowerBound]
        let hunk = lines[range]
        let (old, new) = (before.count { $0.sign != "+" }, before.count { $0.sign != "-" })
        let (oldCount, newCount) = (hunk.count { $0.sign != "+" }, hunk.count { $0.sign != "-" })
        return "@@ -\(place(old, oldCount)) +\(place(new, newCount)) @@"
    }

    /// POSIX.1-2017, diff: of no lines, the line before them counts.
    private static func place(_ before: Int, _ count: Int) -> String { "\(count == 0 ? before : before + 1),\(count)" }
}

extension CollectionDifference.Change {
    fileprivate var offset: Int {
        switch self {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }
}
