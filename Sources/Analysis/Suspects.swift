import FleetModel

/// Looks for what the hosts that failed have in common and the others have not.
public enum Suspects {
    /// Fewer failures than this have everything in common.
    public static let minimumFailures = 2
    /// The most suspects that are worth reading.
    public static let maximumSuspects = 20

    /// The facts that failed hosts have more often than others, the least likely by chance first; at most
    /// ``maximumSuspects``. A host that does not know a fact counts as not having it.
    ///
    /// - Parameters:
    ///   - failed: each failed host's facts, by name.
    ///   - others: the same of the hosts that took the same change and are well.
    public static func rank(failed: [HostName: [String: String]], others: [HostName: [String: String]]) -> [Suspect] {
        guard failed.count >= minimumFailures, !others.isEmpty else { return [] }
        let candidates = candidates(Array(failed.values), Array(others.values)).filter { candidate in
            // What nearly all hosts have, or one alone, can't tell anything, whoever failed.
            candidate.test.smallestPossible <= Suspect.significance
        }
        let ranked = candidates.map { (candidate: $0, p: $0.test.p) }.sorted {
            ($0.p, $0.candidate.facts[0]) < ($1.p, $1.candidate.facts[0])
        }
        return corrected(ranked).filter(isMoreFrequent).prefix(maximumSuspects).map { $0 }
    }

    private struct Candidate {
        var facts: [Suspect.Fact]
        var test: FisherTest
    }

    /// Facts that the same hosts have are one candidate, so that they are not paid for twice in the correction.
    private static func candidates(_ failed: [[String: String]], _ others: [[String: String]]) -> [Candidate] {
        var holders: [Suspect.Fact: [Int]] = [:]
        for (index, facts) in (failed + others).enumerated() {
            for (name, value) in facts { holders[Suspect.Fact(name, value), default: []].append(index) }
        }
        return Dictionary(grouping: holders.keys) { holders[$0] ?? [] }.map { indices, facts in
            let failedWith = indices.prefix { $0 < failed.count }.count
            let test = FisherTest(
                failedWith: failedWith, failed: failed.count, othersWith: indices.count - failedWith,
                others: others.count)
            return Candidate(facts: facts.sorted(), test: test)
        }
    }

    /// Holm's step-down: the smallest p of n counts n times, the next n − 1 times, and none less than one before it.
    private static func corrected(_ ranked: [(candidate: Candidate, p: Double)]) -> [Suspect] {
        var largest = 0.0
        return ranked.enumerated().map { index, entry in
            largest = max(largest, min(1, entry.p * Double(ranked.count - index)))
            let test = entry.candidate.test
            return Suspect(
                facts: entry.candidate.facts, failedWith: test.failedWith, failed: test.failed,
                othersWith: test.othersWith, others: test.others, p: largest)
        }
    }

    private static func isMoreFrequent(_ suspect: Suspect) -> Bool {
        Double(suspect.failedWith) / Double(suspect.failed) > Double(suspect.othersWith) / Double(suspect.others)
    }
}
