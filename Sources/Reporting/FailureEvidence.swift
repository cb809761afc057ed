/// What is known of a rollout's failures beside what each host said.
public struct FailureEvidence: Hashable, Sendable {
    /// What hosts that failed have in common, the likeliest first: `7/7 failures have kernel 6.1; 0/40 others do`.
    public var suspects: [String]
    /// The folder with a file of each host that failed, as a person would type it; nil where none was kept.
    public var folder: String?

    /// More of them are no help to a reader.
    static let maximumSuspects = 3

    public init(suspects: [String], folder: String?) {
        self.suspects = suspects
        self.folder = folder
    }

    var lines: [String] {
        suspects.prefix(Self.maximumSuspects).map { "suspect: \($0.onOneLine)" }
            + [folder.map { "evidence: \($0)" }].compactMap(\.self)
    }
}
