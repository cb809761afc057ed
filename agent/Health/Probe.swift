/// One check that is being made. It ends by calling what it was given, once, unless it is cancelled before. A base
/// class, not a protocol: embedded Swift has no existentials.
class Probe {
    func cancel() {}
}

/// How one check came out.
struct ProbeResult {
    /// Empty where it passed: `exit status 1`.
    var problem = ""
    /// The last output of a script.
    var output: [UInt8] = []

    static let passed = ProbeResult()

    var isPassed: Bool { problem.utf8.isEmpty }
}
