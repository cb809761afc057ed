/// A shell pattern over a whole name: `*`, `?`, `[abc]`, `[a-z]`, `[!abc]`; capitals count.
struct Glob {
    private enum Element {
        case any
        case one
        case scalar(Unicode.Scalar)
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .any, .one: true
            case .scalar(let own): own == scalar
            case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
            }
        }

        var isAny: Bool { if case .any = self { true } else { false } }
    }

    private var elements: [Element] = []

    /// Whether the text has a character with a meaning here.
    static func isPattern(_ text: String) -> Bool { text.utf8.contains { "*?[".utf8.contains($0) } }

    init(_ text: String) {
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*": if elements.last?.isAny != true { elements.append(.any) }
            case "?": elements.append(.one)
            case "[": elements.append(Self.takeSet(from: &rest) ?? .scalar("["))
            default: elements.append(.scalar(scalar))
            }
        }
    }

    /// Nil where no `]` closes the set; the `[` then stands for itself.
    private static func takeSet(from rest: inout ArraySlice<Unicode.Scalar>) -> Element? {
        let isNegated = rest.first == "!"
        let content = isNegated ? rest.dropFirst() : rest
        // A `]` at the beginning belongs to the set.
        guard let close = content.dropFirst().firstIndex(of: "]") else { return nil }
        var members = content[..<close]
        rest = rest[(close + 1)...]
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while let first = members.popFirst() {
            guard members.count >= 2, members.first == "-" else {
                ranges.append(first...first)
                continue
            }
            members.removeFirst()
            let last = members.removeFirst()
            if first <= last { ranges.append(first...last) }
        }
        return .set(ranges, isNegated: isNegated)
    }

    /// Goes back only to the last `*`, so it takes at most |pattern| × |name| steps.
    func matches(_ name: String) -> Bool {
        let scalars = Array(name.unicodeScalars)
        var (element, position) = (0, 0)
        var retry: (element: Int, position: Int)?
        while position < scalars.count {
            if element < elements.count, elements[element].isAny {
                retry = (element, position)
                element += 1
            } else if element < elements.count, elements[element].matches(scalars[position]) {
                element += 1
                position += 1
            } else if let last = retry {
                element = last.element + 1
                position = last.position + 1
                retry = (last.element, position)
            } else {
                return false
            }
        }
        return elements[element...].allSatisfy(\.isAny)
    }
}
