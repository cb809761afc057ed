import HostAccess

/// What to log in with, in the order to try it, and what was left out and why.
struct IdentityChoice: Sendable {
    var identities: [Identity] = []
    /// Not tried: told where nothing else logs in.
    var problems: [HostAccessError] = []
    /// Tried all the same: told where the server refuses them.
    var doubts: [HostAccessError] = []
}

/// Chooses the keys and certificates to log in with, as ssh does.
struct Identities: Sendable {
    let keyRing: KeyRing
    /// The socket of the agent that is asked unless the host's settings say otherwise.
    let standardAgent: String?
    let defaultFiles: [String]
    let agent: @Sendable (_ socketPath: String) -> SSHAgent

    /// Keys that are named come first, then the agent's others: ssh tries those first and so fails where an agent holds
    /// more keys than sshd lets anybody try. A key that the agent holds too is left to the agent, which needs no
    /// passphrase. A certificate goes before its key.
    ///
    /// - Throws: why none of what there is can be used.
    func choice(for endpoint: HostEndpoint) async throws(HostAccessError) -> IdentityChoice {
        var choice = IdentityChoice()
        var agentProblem: HostAccessError?
        let held = await heldKeys(endpoint.settings.identityAgent, &agentProblem)
        let isNamed = !endpoint.identityFiles.isEmpty
        let files = await signers(of: isNamed ? endpoint.identityFiles : defaultFiles, areNamed: isNamed, held, &choice)
        if let agentProblem { choice.problems.append(agentProblem) }
        let fileKeys = Set(files.map(\.publicKey))
        let others = held.plain.filter { !fileKeys.contains($0.publicKey) && !endpoint.settings.identitiesOnly }
        let signers =
            isNamed
            ? files + others : files.filter { $0 is AgentSigner } + others + files.filter { !($0 is AgentSigner) }
        let certificates = await certificates(for: endpoint, files, held, &choice)
        for signer in signers {
            choice.identities += certificates.filter { $0.certificate.publicKey == signer.publicKey }.map {
                Identity($0.certificate, name: $0.name, signer: $0.signer ?? signer)
            }
            choice.identities.append(Identity(signer))
        }
        noteUnmatched(certificates, signers, &choice)
        if choice.identities.isEmpty, let problem = choice.problems.first { throw problem }
        return choice
    }

    /// What an agent holds that we can use.
    fileprivate struct HeldKeys {
        var plain: [AgentSigner] = []
        var certificates: [NamedCertificate] = []
    }

    fileprivate struct NamedCertificate {
        var certificate: Certificate
        var name: String
        /// Nil where whoever signs for the plain key signs for it.
        var signer: AgentSigner?
    }
}

// MARK: - Keys

extension Identities {
    private func heldKeys(
        _ wanted: SSHSettings.IdentityAgent, _ problem: inout HostAccessError?
    ) async -> HeldKeys {
        let path: String? =
            switch wanted {
            case .standard: standardAgent
            case .none: nil
            case .socket(let path): SSHConfiguration.expanded(path)
            }
        guard let path else { return HeldKeys() }
        let agent = agent(path)
        do throws(HostAccessError) {
            let keys = try await agent.keys()
            var held = HeldKeys()
            for key in keys {
                let signer = AgentSigner(publicKey: key.publicKey, comment: key.comment, agent: agent)
                if Identity.usableTypes.contains(key.type) {
                    held.plain.append(signer)
                } else if let certificate = Certificate(blob: key.publicKey) {
                    held.certificates.append(
                        NamedCertificate(
                            certificate: certificate, name: "certificate of the \(signer.name)", signer: signer))
                } else {
                    let text = KeyFile.unsupported(key.type)
                    problem = HostAccessError(.keyUnusable, "the \(signer.name) \(text.text)", hint: text.hint)
                }
            }
            if keys.isEmpty { problem = agent.emptiness }
            return held
        } catch {
            problem = error
            return HeldKeys()
        }
    }

    /// Who signs for each file's key. Default files that do not exist are not missed.
    private func signers(
        of paths: [String], areNamed: Bool, _ held: HeldKeys, _ choice: inout IdentityChoice
    ) async -> [any Signer] {
        var signers: [any Signer] = []
        for path in paths.map(SSHConfiguration.expanded) {
            var problem: HostAccessError?
            var publicKey: [UInt8]?
            do throws(HostAccessError) {
                publicKey = try await keyRing.publicKey(path: path)
                if publicKey == nil, areNamed {
                    problem = KeyRing.missing(path)
                } else if publicKey != nil {
                    problem = HostAccessError(
                        .keyUnusable,
                        "the key file '\(path)' holds a public key only, and no ssh-agent holds its other half",
                        hint: "name the private key, or load it: `ssh-add`")
                }
            } catch { problem = error }
            if publicKey == nil { publicKey = await keyRing.publicKeyBeside(path: path) }
            if let publicKey, let signer = held.plain.first(where: { $0.publicKey == publicKey }) {
                signers.append(signer)
            } else if let publicKey, await keyRing.holdsPrivateKey(path: path) {
                signers.append(FileSigner(path: path, publicKey: publicKey, keyRing: keyRing))
            } else if let problem {
                choice.problems.append(problem)
            }
        }
        return signers
    }
}

// MARK: - Certificates

extension Identities {
    /// Those that can be used: `KEY-cert.pub` beside a key, those that the settings name, the agent's.
    private func certificates(
        for endpoint: HostEndpoint, _ files: [any Signer], _ held: HeldKeys, _ choice: inout IdentityChoice
    ) async -> [NamedCertificate] {
        let keyFiles = endpoint.identityFiles.isEmpty ? defaultFiles : endpoint.identityFiles
        let beside = keyFiles.map { SSHConfiguration.expanded($0) + "-cert.pub" }
        var found: [NamedCertificate] = []
        for (path, isNamed) in endpoint.settings.certificateFiles.map({ (SSHConfiguration.expanded($0), true) })
            + beside.map({ ($0, false) })
        {
            do throws(HostAccessError) {
                if let certificate = try await keyRing.certificate(path: path) {
                    found.append(NamedCertificate(certificate: certificate, name: "certificate '\(path)'"))
                } else if isNamed {
                    choice.problems.append(HostAccessError(.keyUnusable, "the certificate '\(path)' does not exist"))
                }
            } catch { choice.problems.append(error) }
        }
        if !endpoint.settings.identitiesOnly { found += held.certificates }
        var seen: Set<[UInt8]> = []
        return found.filter { named in
            guard seen.insert(named.certificate.blob).inserted else { return false }
            if let doubt = named.certificate.doubt(about: endpoint.user) { choice.doubts.append(named.error(doubt)) }
            guard let problem = named.certificate.problem() else { return true }
            choice.problems.append(named.error(problem))
            return false
        }
    }

    /// An agent may hold a certificate without its plain key: it signs for it itself. A file's needs a key from us.
    private func noteUnmatched(
        _ certificates: [NamedCertificate], _ signers: [any Signer], _ choice: inout IdentityChoice
    ) {
        let keys = Set(signers.map(\.publicKey))
        for named in certificates where !keys.contains(named.certificate.publicKey) {
            if let signer = named.signer {
                choice.identities.append(Identity(named.certificate, name: named.name, signer: signer))
            } else {
                let problem = KeyFile.Problem(
                    text: "has no private key among those to log in with", hint: "name the key too, or `ssh-add` it")
                choice.problems.append(named.error(problem))
            }
        }
    }
}

extension Identities.NamedCertificate {
    fileprivate func error(_ problem: KeyFile.Problem) -> HostAccessError {
        HostAccessError(.keyUnusable, "the \(name) \(problem.text)", hint: problem.hint)
    }
}
