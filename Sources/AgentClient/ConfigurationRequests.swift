import AgentProtocol

extension HostAgent {
    /// Which releases have this configuration, and how the current one differs.
    /// - Throws: ``AgentError``.
    public func compare(_ question: Compare, deadline: Duration) async throws(AgentError) -> Comparison {
        let request = Request.compare(question)
        guard case .compared(let comparison) = try await ask(request, within: deadline) else {
            throw await broken(request)
        }
        return comparison
    }

    /// The content of a file of the current release's configuration, which is no secret; hostile until made printable.
    /// - Throws: ``AgentError``.
    public func read(_ question: ReadFile, deadline: Duration) async throws(AgentError) -> FileContent {
        let request = Request.read(question)
        guard case .content(let content) = try await ask(request, within: deadline) else { throw await broken(request) }
        return content
    }

    /// Sends a bundle, for the stage step that names it by the answer. `salt` is random, and new each time.
    /// - Throws: ``AgentError``.
    public func upload(
        _ files: [ConfigurationFile], salt: [UInt8], claim: Claim, release: String, deadline: Duration
    ) async throws(AgentError) -> ConfigurationReference {
        let bytes = WireWriter.encode(ConfigurationBundle(salt: salt, files: files))
        let digest = SHA256.hex(of: bytes)
        let size = UInt64(bytes.count)
        let reference = ArtifactReference(
            release: release, digest: digest, size: size, packedDigest: digest, packedSize: size)
        try await upload(
            reference, claim: claim, isConfiguration: true, deadline: deadline,
            from: { offset, count in
                guard let start = Int(exactly: offset), start + count <= bytes.count else { return [] }
                return Array(bytes[start..<start + count])
            })
        return ConfigurationReference(digest: digest, size: size)
    }
}
