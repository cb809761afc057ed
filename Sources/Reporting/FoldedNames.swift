/// Host names as people write sets of them: `web[1-3,7]`, `rack[1-2]-node[01-16].example.net`.
///
/// Numbers fold in every place, from the last to the first; a number with leading zeros folds with others as long.
/// - Parameter names: in any order; one that occurs twice counts once.
/// - Returns: the sets, separated by commas, in the order in which their first names came.
public func folded(_ names: [String]) -> String {
    var seen: Set<String> = []
    var sets = names.filter { seen.insert($0).inserted }.map(NameSet.init)
    for place in (0..<(sets.map(\.numbers.count).max() ?? 0)).reversed() { sets = folded(sets, at: place) }
    return sets.map(\.text).joined(separator: ",")
}

/// Joins the sets that differ in that number only.
private func folded(_ sets: [NameSet], at place: Int) -> [NameSet] {
    var paddedWidths: [NameSet.Key: Set<Int>] = [:]
    for set in sets {
        guard let number = set.number(at: place), number.hasPrefix("0") else { continue }
        paddedWidths[set.key(at: place, width: 0), default: []].insert(number.count)
    }
    var places: [NameSet.Key: Int] = [:]
    var result: [NameSet] = []
    for set in sets {
        guard let number = set.number(at: place) else {
            result.append(set)
            continue
        }
        let isPadded = paddedWidths[set.key(at: place, width: 0)]?.contains(number.count) ?? false
        let key = set.key(at: place, width: isPadded ? number.count : 0)
        if let index = places[key] {
            result[index].numbers[place] += set.numbers[place]
        } else {
            places[key] = result.count
            result.append(set)
        }
    }
    return result
}

/// Names that have their texts in common, with the numbers that stand between these.
private struct NameSet {
    struct Key: Hashable {
        let texts: [String]
        let others: [[String]]
        /// The digits of a number with leading zeros; 0 where there are none.
        let width: Int
    }

    /// One more than there are numbers.
    var texts = [""]
    var numbers: [[String]] = []

    /// Of a number that is folded; a longer one, such as a serial number, is text.
    private static let maximumDigits = 9

    init(_ name: String) {
        var rest = Substring(name)
        while !rest.isEmpty {
            let text = rest.prefix { !Self.isDigit($0) }
            let digits = rest.dropFirst(text.count).prefix(while: Self.isDigit)
            rest = rest.dropFirst(text.count + digits.count)
            texts[texts.count - 1] += text
            if (1...Self.maximumDigits).contains(digits.count) {
                numbers.append([String(digits)])
                texts.append("")
            } else {
                texts[texts.count - 1] += digits
            }
        }
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

    /// Nil where there is none, or several.
    func number(at place: Int) -> String? {
        numbers.indices.contains(place) && numbers[place].count == 1 ? numbers[place].first : nil
    }

    /// What it has in common with those that it folds with.
    func key(at place: Int, width: Int) -> Key {
        var others = numbers.map { $0.sorted() }
        others[place] = []
        return Key(texts: texts, others: others, width: width)
    }

    var text: String {
        zip(texts, numbers.map(Self.spelled) + [""]).map { $0 + $1 }.joined()
    }

    /// `7`, or `[1-3,7]`.
    private static func spelled(_ numbers: [String]) -> String {
        guard numbers.count > 1 else { return numbers.first ?? "" }
        let sorted = numbers.compactMap { text in Int(text).map { (value: $0, text: text) } }
            .sorted { $0.value < $1.value }
        var runs: [(first: (value: Int, text: String), last: (value: Int, text: String))] = []
        for number in sorted {
            if let last = runs.last?.last, last.value + 1 == number.value {
                runs[runs.count - 1].last = number
            } else {
                runs.append((number, number))
            }
        }
        let spelled = runs.map { $0.first.value == $0.last.value ? $0.first.text : "\($0.first.text)-\($0.last.text)" }
        return "[" + spelled.joined(separator: ",") + "]"
    }
}
