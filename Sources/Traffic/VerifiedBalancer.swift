import FleetModel

/// One balancer whose changes are made one after the other, and each read back.
///
/// Changes that come while one is written are written together after it: twenty hosts that are drained at the same time
/// cost nginx two reloads, not twenty.
actor VerifiedBalancer {
    private struct Waiting {
        var change: TrafficChange
        var written: CheckedContinuation<Result<Void, TrafficError>, Never>
    }

    nonisolated let balancer: any Balancer
    private let settling: Settling
    private var waiting: [Waiting] = []
    private var isWriting = false

    init(_ balancer: any Balancer, settling: Settling) {
        self.balancer = balancer
        self.settling = settling
    }

    /// Returns when the balancer has been seen to do what is asked, and nobody keeps `open` out.
    func change(_ change: TrafficChange, keepingOpen open: Set<String> = []) async throws(TrafficError) {
        // Shares move at once, so who gets a new share must be up before; who is admitted may come up after.
        if case .allocate = change {
            try await settle { state in state.absent(among: change.newcomers(in: state)) + state.closed(among: open) }
        }
        try await write(change)
        try await settle { state in
            guard case .admit(let names) = change else {
                return change.missing(in: state) + state.closed(among: open)
            }
            return change.missing(in: state) + state.absent(among: names.sorted())
        }
    }

    private func settle(_ missing: @escaping @Sendable (BalancerState) -> [String]) async throws(TrafficError) {
        let balancer = balancer
        try await settling.wait { () async throws(TrafficError) in
            let left = missing(try await balancer.read())
            return left.isEmpty ? nil : TrafficError(.unsettled, Self.listed(left))
        }
    }

    /// A message names at most this many members.
    private static let namedProblems = 10

    private static func listed(_ problems: [String]) -> String {
        let named = problems.prefix(namedProblems).joined(separator: ", ")
        return problems.count > namedProblems ? "\(named) and \(problems.count - namedProblems) more" : named
    }

    private func write(_ change: TrafficChange) async throws(TrafficError) {
        let result: Result<Void, TrafficError> = await withCheckedContinuation { continuation in
            waiting.append(Waiting(change: change, written: continuation))
            guard !isWriting else { return }
            isWriting = true
            Task { await writeAll() }
        }
        try result.get()
    }

    private func writeAll() async {
        while !waiting.isEmpty {
            let turn = waiting
            waiting = []
            let result = await write(turn.map(\.change))
            for one in turn { one.written.resume(returning: result) }
        }
        isWriting = false
    }

    private func write(_ changes: [TrafficChange]) async -> Result<Void, TrafficError> {
        do throws(TrafficError) {
            let found = try await balancer.read()
            try await balancer.write(found.applying(changes), over: found)
            return .success(())
        } catch {
            return .failure(error)
        }
    }
}

extension BalancerState {
    /// Who of them the balancer would send no request to. A person's maintenance is no failure of ours.
    fileprivate func absent(among names: [String]) -> [String] {
        names.filter { members[$0]?.condition == .down }.map { "\($0) is down by the balancer's own checks" }
    }

    /// Who of them is kept out, and would get nothing.
    fileprivate func closed(among names: Set<String>) -> [String] {
        names.sorted().compactMap { name in members[name]?.closure.map { "\(name) is \($0), and not by this rollout" } }
    }
}
