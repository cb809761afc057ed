import AgentProtocol

/// Reads `count` bytes of an artifact's compressed form at `offset`: all of them, or it throws.
public typealias ArtifactReader = @Sendable (_ offset: UInt64, _ count: Int) async throws -> [UInt8]

extension HostAgent {
    /// Sends what the host lacks of an artifact, from where an earlier transfer stopped; after a lost link, on from
    /// what has arrived. `onBytes` hears how many bytes the host has been sent of the whole, those of earlier transfers
    /// included. `isConfiguration` says that the bytes are a ``ConfigurationBundle``.
    ///
    /// Returning means that the agent has taken in all that was sent; whether it is usable, the stage step tells.
    /// - Throws: ``AgentError``; `artifactUnreadable` where `reader` failed.
    public func upload(
        _ artifact: ArtifactReference, claim: Claim, isConfiguration: Bool = false, deadline: Duration,
        from reader: ArtifactReader,
        onBytes: @Sendable (UInt64) -> Void = { _ in }
    ) async throws(AgentError) {
        try await persist(within: deadline, asking: "sending the artifact") {
            (link, end) async throws(AgentError) in
            let offer = Request.offer(
                Offer(claim: claim, artifact: artifact, isConfiguration: isConfiguration))
            let start = try await wantedOffset(of: artifact, offering: offer, on: link, before: end)
            onBytes(start)
            guard start < artifact.packedSize else { return }
            var offset = start
            while offset < artifact.packedSize {
                let count = min(artifact.packedSize - offset, UInt64(ProtocolLimits.maximumChunkBytes))
                let content = try await bytes(of: reader, at: offset, count: Int(count))
                let chunk = Chunk(packedDigest: artifact.packedDigest, offset: offset, content: content)
                try await link.session.deliver(chunk, deadline: min(end.remaining, Self.maximumSilence))
                offset += count
                onBytes(offset)
            }
            // Chunks are not answered: that a request behind them is shows that they arrived.
            _ = try await wantedOffset(of: artifact, offering: offer, on: link, before: end)
        }
    }

    private func wantedOffset(
        of artifact: ArtifactReference, offering offer: Request, on link: Link, before end: Deadline
    ) async throws(AgentError) -> UInt64 {
        try link.check(offer)
        let reply = try await link.session.reply(to: offer, deadline: min(end.remaining, Self.maximumSilence))
        guard case .wanted(let offset) = reply, offset <= artifact.packedSize else {
            throw .protocolViolation("an impossible answer to the offer of an artifact")
        }
        return offset
    }

    private func bytes(of reader: ArtifactReader, at offset: UInt64, count: Int) async throws(AgentError) -> [UInt8] {
        let content: [UInt8]
        do {
            content = try await reader(offset, count)
        } catch is CancellationError {
            throw .cancelled
        } catch { throw .artifactUnreadable("\(error)") }
        guard content.count == count else {
            throw .artifactUnreadable("\(content.count) bytes at offset \(offset), not \(count)")
        }
        return content
    }
}
