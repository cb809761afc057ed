import ArgumentParser
import RolloutEngine

/// What the program's exit status says; decided from what the hosts were seen to run.
enum ExitStatus: Int32, Error {
    case complete = 0
    case failedUnchanged = 1
    case usage = 2
    case paused = 3
    case completeWithDebt = 4
    case held = 5
    case mixed = 6
    case interrupted = 130

    init(_ verdict: Ending.Verdict) {
        switch verdict {
        case .complete: self = .complete
        case .completeWithDebt: self = .completeWithDebt
        case .unchanged: self = .failedUnchanged
        case .mixed: self = .mixed
        }
    }

    var code: ExitCode { ExitCode(rawValue) }
}
