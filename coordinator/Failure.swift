import FleetModel
import Foundation
import Reporting
import RolloutDriver
import RolloutEngine
import RolloutStore

/// Why a command ends without having done its work: what is wrong, where, the remedy, and the exit status.
struct Failure: Error {
    var diagnostics: [Diagnostic]
    var status: ExitStatus

    init(_ problem: String, hint: String? = nil, status: ExitStatus) {
        diagnostics = [Diagnostic(problem, hint: hint)]
        self.status = status
    }

    init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics.all
        status = .usage
    }

    init(_ diagnostic: Diagnostic) {
        diagnostics = [diagnostic]
        status = .usage
    }

    init(_ problems: [HostProblem], status: ExitStatus = .failedUnchanged) {
        var grouped = GroupedProblems()
        for problem in problems {
            grouped.add(GroupedProblems.Problem(problem.problem, hint: problem.hint), of: problem.host.text)
        }
        diagnostics = grouped.diagnostics
        self.status = status
    }

    init(_ error: PreparationError) {
        switch error {
        case .spec(let diagnostics): self.init(diagnostics)
        case .refused(let refusal): self.init(refusal.problem, hint: refusal.hint, status: .usage)
        case .nothingToGoBackTo(let problem):
            self.init(problem, hint: "name one that every host holds: --to RELEASE", status: .usage)
        case .hosts(let problems): self.init(problems)
        }
    }

    /// `stateArgument`: what commands need to find the state, where it is not the current folder's.
    init(_ error: StoreError, stateArgument: String = "") {
        switch error {
        case .held(let holder): self.init(holder, stateArgument)
        case .leaseLost(let rollout):
            self.init("another coordinator has taken rollout \(rollout) over", status: .held)
        case .ended(let rollout):
            self.init("rollout \(rollout) has ended", hint: "coord show \(rollout)", status: .usage)
        case .unknownRollout(let rollout):
            self.init(
                "there is no rollout '\(rollout)' here", hint: "coord history lists those there are", status: .usage)
        case .database(let path, let problem):
            self.init(
                "the state in '\(path)' can't be used: \(problem)", hint: "--state names another folder",
                status: .failedUnchanged)
        }
    }

    private init(_ holder: LockHolder, _ stateArgument: String) {
        let since = holder.since.formatted(.iso8601)
        let abort = "coord abort \(holder.rollout)\(stateArgument)"
        if let driver = holder.drivenBy {
            self.init(
                "rollout \(holder.rollout) holds the service since \(since); \(driver) drives it",
                hint: "wait for it, or: \(abort)", status: .held
            )
        } else {
            self.init(
                "rollout \(holder.rollout) of \(holder.startedBy) holds the service since \(since); nobody drives it",
                hint: "coord resume \(holder.rollout)\(stateArgument), or: \(abort)", status: .held
            )
        }
    }

    init(_ error: DriverError) {
        switch error {
        case .store(let error): self.init(error)
        case .malformedJob(let problem):
            self.init(
                "the rollout can't be read: \(problem)",
                hint: "bring it to its end with that version, by coord resume or coord abort; where that is gone, "
                    + "leave it behind: coord rollout INVENTORY --state OTHER-DIRECTORY --take-over",
                status: .failedUnchanged)
        }
    }

    /// Of a rollout that has begun: where its state fails, it is not over, and hosts may have been changed.
    init(_ error: DriverError, of rollout: RolloutID, stateArgument: String) {
        guard case .store(.database(let path, let problem)) = error else {
            self.init(error)
            return
        }
        let (resume, abort) = ("coord resume \(rollout)\(stateArgument)", "coord abort \(rollout)\(stateArgument)")
        self.init(
            "the state in '\(path)' can't be used: \(problem)", hint: "when that is mended: \(resume), or: \(abort)",
            status: .interrupted)
    }

    /// Every problem, each with its remedy; a remedy that several share stands once, after the last of them. They quote
    /// inventories, scripts' output and hosts, which must not steer the terminal.
    func lines(style: Style = .plain) -> [String] {
        var printed: Set<String> = []
        var lines: [String] = []
        for diagnostic in diagnostics.reversed() {
            if let hint = diagnostic.hint?.printable(maximumBytes: .max), printed.insert(hint).inserted {
                lines.append("hint: \(hint)")
            }
            lines.append("\(style("error:", .bad)) \(diagnostic.description.printable(maximumBytes: .max))")
        }
        return lines.reversed()
    }
}
