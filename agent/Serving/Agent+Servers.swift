import AgentProtocol

// What concerns the servers on a host beside the releases: balancers, and how the service does.
extension Agent {
    func exchange(_ request: Exchange, _ subscriber: Subscriber) throws(SystemError) {
        if let problem = Validation.problem(with: request) { return refuse(subscriber, .invalid, problem) }
        if let claim = request.claim, try held(claim, subscriber) == nil { return }
        guard let address = Conversation.Address(request.address) else { return }
        _ = Conversation(
            with: address, saying: Array(request.text.utf8), maximumReplyBytes: ProtocolLimits.maximumExchangeBytes,
            timeout: request.timeoutMilliseconds, loop: environment.children.loop,
            judge: { reply, isOver in
                guard reply.count <= ProtocolLimits.maximumExchangeBytes else {
                    return "its answer is longer than \(ProtocolLimits.maximumExchangeBytes) bytes"
                }
                return isOver ? "" : nil
            },
            onEnd: { problem, reply in
                let content = Array(reply.prefix(ProtocolLimits.maximumExchangeBytes))
                subscriber.reply(.exchanged(ExchangeAnswer(content: content, problem: problem)))
            })
    }

    func replace(_ request: ReplaceFile, _ subscriber: Subscriber) throws(SystemError) {
        if let problem = Validation.problem(with: request) { return refuse(subscriber, .invalid, problem) }
        guard try held(request.claim, subscriber) != nil else { return }
        replacements.replace(request, for: subscriber)
    }

    func takeSample(_ request: TakeSample, _ subscriber: Subscriber) throws(SystemError) {
        if let problem = Validation.problem(with: request.definition) { return refuse(subscriber, .invalid, problem) }
        let service = try service(request.definition.service, makes: false)
        try Sampling(request, of: service, environment: environment) { subscriber.reply(.sample($0)) }.start()
    }

    func gatherEvidence(_ request: GatherEvidence, _ subscriber: Subscriber) throws(SystemError) {
        if let problem = Validation.problem(with: request.definition) { return refuse(subscriber, .invalid, problem) }
        let service = try service(request.definition.service, makes: false)
        EvidenceGathering(request, of: service, environment: environment) { subscriber.reply(.evidence($0)) }.start()
    }

    /// The service, where `claim` holds it now; otherwise the subscriber has been refused.
    private func held(_ claim: Claim, _ subscriber: Subscriber) throws(SystemError) -> Service? {
        guard let service = try claimed(claim, subscriber) else { return nil }
        if let refusal = service.refusal(ofHolder: claim) {
            subscriber.reply(.refused(refusal))
            return nil
        }
        return service
    }
}
