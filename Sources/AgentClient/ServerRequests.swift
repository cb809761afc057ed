import AgentProtocol

// Balancers, and how the service does.
extension HostAgent {
    /// Says something to a server on the host and takes its answer, hostile until made printable. `deadline` exceeds
    /// the exchange's own timeout.
    /// - Throws: ``AgentError``.
    public func exchange(_ question: Exchange, deadline: Duration) async throws(AgentError) -> ExchangeAnswer {
        let request = Request.exchange(question)
        guard case .exchanged(let answer) = try await ask(request, within: deadline, maximumSilence: nil) else {
            throw await broken(request)
        }
        return answer
    }

    /// Replaces a file of the host's, or leaves it as it is. After a lost link it is asked for again, and tested and
    /// taken over again. `deadline` exceeds three of the request's timeouts: test, reload, the old one's reload.
    /// - Throws: ``AgentError``; `timedOut` means that which of the two files is there is not known.
    public func replace(_ file: ReplaceFile, deadline: Duration) async throws(AgentError) -> Replacement {
        let request = Request.replace(file)
        guard case .replaced(let result) = try await ask(request, within: deadline, maximumSilence: nil) else {
            throw await broken(request)
        }
        return result
    }

    /// How many TCP connections to a port of the host there are now.
    /// - Throws: ``AgentError``.
    public func connections(to port: UInt16, deadline: Duration) async throws(AgentError) -> ConnectionCount {
        let request = Request.countConnections(CountConnections(port: port))
        guard case .connections(let count) = try await ask(request, within: deadline) else {
            throw await broken(request)
        }
        return count
    }

    /// Measures the service once; its checks are made for it.
    /// - Throws: ``AgentError``.
    public func sample(_ question: TakeSample, deadline: Duration) async throws(AgentError) -> Sample {
        let request = Request.takeSample(question)
        guard case .sample(let sample) = try await ask(request, within: deadline, maximumSilence: nil) else {
            throw await broken(request)
        }
        return sample
    }

    /// What tells why the service failed, hostile until made printable.
    /// - Throws: ``AgentError``.
    public func evidence(_ question: GatherEvidence, deadline: Duration) async throws(AgentError) -> Evidence {
        let request = Request.gatherEvidence(question)
        guard case .evidence(let evidence) = try await ask(request, within: deadline, maximumSilence: nil) else {
            throw await broken(request)
        }
        return evidence
    }
}
