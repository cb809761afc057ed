import HostAccess

/// Chooses the keys to log in with.
struct Identities: Sendable {
    let keyRing: KeyRing
    let agent: SSHAgent?
    let defaultFiles: [String]

    /// The kinds of keys that we can log in with.
    static let usableTypes: Set = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"]

    /// In the order to try them. A file's key that the agent holds too is left to the agent, which needs no passphrase.
    func signers(for endpoint: HostEndpoint) async throws(HostAccessError) -> [any Signer] {
        let held = await agentSigners()
        if endpoint.identityFiles.isEmpty {
            let heldKeys = Set(held.map(\.publicKey))
            let files = try await fileSigners(defaultFiles, areRequired: false)
            return held + files.filter { !heldKeys.contains($0.publicKey) }
        }
        return try await fileSigners(endpoint.identityFiles, areRequired: true).map { file in
            held.first { $0.publicKey == file.publicKey } ?? file
        }
    }

    /// Without an agent, or where it does not answer, the files have to do.
    private func agentSigners() async -> [any Signer] {
        guard let agent, let keys = try? await agent.keys() else { return [] }
        return keys.filter { Self.usableTypes.contains($0.type) }
            .map { AgentSigner(publicKey: $0.publicKey, comment: $0.comment, agent: agent) }
    }

    private func fileSigners(_ paths: [String], areRequired: Bool) async throws(HostAccessError) -> [any Signer] {
        var signers: [any Signer] = []
        for path in paths.map(SSHConfiguration.expanded) {
            do throws(HostAccessError) {
                if let publicKey = try await keyRing.publicKey(path: path) {
                    signers.append(FileSigner(path: path, publicKey: publicKey, keyRing: keyRing))
                } else if areRequired {
                    throw HostAccessError(.keyUnusable, "the key file '\(path)' does not exist")
                }
            } catch  where areRequired {
                throw error
            } catch {
                continue
            }
        }
        return signers
    }
}
