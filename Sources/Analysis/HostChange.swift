/// What one host measured before the change and after it.
struct HostChange: Hashable {
    /// More measurements than this before the change tell nothing new: a day of them, ten seconds apart.
    static let maximumBefore = 8640

    private var valuesBefore: [Double] = []
    private var sumAfter = 0.0
    private(set) var countAfter = 0

    mutating func takeBefore(_ value: Double) {
        if valuesBefore.count < Self.maximumBefore { valuesBefore.append(value) }
    }

    mutating func takeAfter(_ value: Double) {
        sumAfter += value
        countAfter += 1
    }

    var isMeasuredBefore: Bool { !valuesBefore.isEmpty }

    /// The mean of the newest measurements before the change, no more than there are after it: of two means of equally
    /// many numbers neither has the longer tail, so their difference has no skew of its own however skewed the numbers
    /// are. Nil: nothing was measured.
    var before: Double? {
        let compared = valuesBefore.suffix(max(1, countAfter))
        return compared.isEmpty ? nil : mean(Array(compared))
    }

    /// The mean; nil: nothing was measured.
    var after: Double? { countAfter > 0 ? sumAfter / Double(countAfter) : nil }

    /// The mean of all measurements before the change, which nothing that comes later moves. Nil: nothing was measured.
    var level: Double? { valuesBefore.isEmpty ? nil : mean(valuesBefore) }

    /// The mean of the later half before the change less that of the earlier one: a change where nothing was changed.
    var shiftBefore: Double? {
        guard valuesBefore.count >= 2 else { return nil }
        let middle = valuesBefore.count / 2
        return mean(Array(valuesBefore[middle...])) - mean(Array(valuesBefore[..<middle]))
    }
}
