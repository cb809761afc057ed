import FleetModel
import Foundation
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
        diagnostics = problems.map { Diagnostic("\($0.host): \($0.problem)", hint: $0.hint) }
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

    init(_ error: StoreError) {
        switch error {
        case .held(let holder): self.init(holder)
        case .leaseLost(let rollout):
            self.init("another coordinator has taken rollout \(rollout) over", status: .held)
        case .ended(let rollout):
            self.init("rollout \(rollout) has ended", hint: "coord show \(rollout)", status: .usage)
        case .unknownRollout(let rollout):
            self.init(
                "there is no rollout '\(rollout)' here", hint: "coord history lists those there are", status: .usage)
        case .database(let path, let problem):
            self.init("the state in \(path) can't be used: \(problem)", status: .failedUnchanged)
        }
    }

    private init(_ holder: LockHolder) {
        let since = holder.since.formatted(.iso8601)
        if let driver = holder.drivenBy {
            self.init(
                "rollout \(holder.rollout) holds the service since \(since); \(driver) drives it",
                hint: "wait for it, or: coord abort \(holder.rollout)", status: .held
            )
        } else {
            self.init(
                "rollout \(holder.rollout) of \(holder.startedBy) holds the service since \(since); nobody drives it",
                hint: "coord resume \(holder.rollout), or: coord abort \(holder.rollout)", status: .held
            )
        }
    }

    init(_ error: DriverError) {
        switch error {
        case .store(let error): self.init(error)
        case .malformedJob(let problem): self.init("the rollout can't be read: \(problem)", status: .failedUnchanged)
        }
    }

    /// Prints every problem, each with its remedy; a remedy that several share is printed once, after them.
    func report(to terminal: Terminal = .standard) {
        for (index, diagnostic) in diagnostics.enumerated() {
            terminal.complain("error: \(diagnostic)")
            let next = index + 1 < diagnostics.count ? diagnostics[index + 1].hint : nil
            if let hint = diagnostic.hint, hint != next { terminal.complain("hint: \(hint)") }
        }
    }
}
