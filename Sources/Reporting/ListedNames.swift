/// Host names in running text: a few as they are, more of them folded, so that none is left out and all fit.
/// - Returns: `h1 h2 h3`, or `web[01-40],db[1-2]`.
public func listed(_ names: [String]) -> String {
    names.count <= maximumSpelledNames ? names.joined(separator: " ") : folded(names)
}

/// More than that is read as a set, not as names.
private let maximumSpelledNames = 8
