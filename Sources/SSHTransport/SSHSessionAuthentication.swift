import FleetModel
import HostAccess

/// Public key authentication (RFC 4252 §7): the keys and certificates one after the other.
extension SSHSession {
    /// sshd's MaxAuthTries is 6 unless set: at the sixth refusal it ends the connection.
    private static let maximumAttempts = 6

    func authenticate(_ request: LoginRequest) async throws(HostAccessError) {
        stage = .authentication
        let choice = request.choice
        guard !choice.identities.isEmpty else {
            throw HostAccessError(
                .authenticationFailed, "there is no key to log in with",
                hint: "make one with `ssh-keygen -t ed25519`, or load one into an ssh-agent with `ssh-add`")
        }
        var tried: [String] = []
        var keyProblem: HostAccessError?
        for (index, identity) in Self.attempts(choice.identities).enumerated() {
            do throws(HostAccessError) {
                if index < choice.identities.count { tried.append(identity.name) }
                if try await isAccepted(identity, user: request.user) { return }
            } catch  where error.reason == .keyUnusable {
                keyProblem = keyProblem ?? error
            } catch  where error.reason == .connectionLost && error.problem.contains("Too many authentication") {
                throw Self.refusal(request, tried, isCutShort: true)
            } catch  where error.reason == .connectionLost && signing != nil && error.hint == nil {
                throw Self.lostAfterSigning(error, user: request.user)
            }
        }
        if let keyProblem { throw keyProblem }
        if tried.count < Self.maximumAttempts, let other = await otherLogin(user: request.user) { throw other }
        throw Self.refusal(request, tried, isCutShort: choice.identities.count > Self.maximumAttempts)
    }

    /// No key was wrong where the server wants none, or something else besides; nil where it only wants another key.
    private func otherLogin(user: String) async -> HostAccessError? {
        // A server that ends the connection over this question says nothing; the keys are what is left to tell.
        _ = try? await perform(.loginKinds(user: user))
        guard !loginKinds.isEmpty, !loginKinds.contains("publickey") else { return nil }
        return HostAccessError(
            .authenticationFailed,
            "the host wants from the user '\(user)' what coord can't give: \(loginKinds.joined(separator: ", "))",
            hint: "coord logs in with keys alone; see PubkeyAuthentication and AuthenticationMethods in the host's "
                + "sshd_config")
    }

    /// sshd takes the key and PAM refuses the account.
    private static func lostAfterSigning(_ error: HostAccessError, user: String) -> HostAccessError {
        HostAccessError(
            error.reason, error.problem + " after the key of '\(user)' had been taken",
            hint:
                "the account may have expired or be closed to logins; on the host: `chage -l \(user)`, "
                + "`journalctl -u ssh`"
        )
    }

    private static func attempts(_ identities: [Identity]) -> [Identity] {
        Array((identities + identities.flatMap(\.fallbacks)).prefix(maximumAttempts))
    }

    private static func refusal(_ request: LoginRequest, _ tried: [String], isCutShort: Bool) -> HostAccessError {
        let user = request.user
        let names = tried.joined(separator: ", ")
        let asides = (request.choice.doubts + request.choice.problems).map { "; \($0.problem)" }.joined()
        if isCutShort {
            let rest = request.choice.identities.count - tried.count
            let untried = rest > 0 ? " and takes no more attempts (\(rest) not tried)" : " and takes no more attempts"
            return HostAccessError(
                .authenticationFailed,
                "the host refuses these keys for the user '\(user)'\(untried): \(names)\(asides)",
                hint: "name the right key with -i, or with IdentityFile and IdentitiesOnly in ~/.ssh/config")
        }
        let remedy = request.choice.doubts.first?.hint ?? request.choice.problems.first?.hint
        return HostAccessError(
            .authenticationFailed,
            "the host accepts none of these keys for the user '\(user)': \(names)\(asides)",
            hint: remedy ?? "add the public key to ~\(user)/.ssh/authorized_keys on the host")
    }

    /// Offers a key; where the host takes it, signs. False where the host refuses the key.
    private func isAccepted(_ identity: Identity, user: String) async throws(HostAccessError) -> Bool {
        engine?.transport.signing = .idle
        signing = nil
        defer { signing?.cancel() }
        let isAccepted = try await perform(.authentication(user: user, identity))
        if !isAccepted, let problem = signingProblem.take() { throw problem }
        return isAccepted
    }

    func pollAuthentication(_ engine: Engine, _ user: String, _ identity: Identity) -> Result<Bool, HostAccessError>? {
        switch engine.authenticate(user: user, publicKey: identity.presented) {
        case .success: return .success(true)
        case .failure(.wouldBlock):
            if signing == nil, case .wanted(let data) = engine.transport.signing {
                signing = Task { await sign(data, with: identity) }
            }
            return nil
        case .failure(.refused) where !linkHasEnded: return .success(false)
        case .failure: return .failure(brokenError())
        }
    }

    /// Signs away from the event loop: an agent may be asking a person, a key file may be under bcrypt.
    private func sign(_ data: [UInt8], with identity: Identity) async {
        let answer: Result<[UInt8], HostAccessError>
        do throws(HostAccessError) {
            answer = .success(try await identity.signer.sign(data, hash: identity.hash))
        } catch {
            answer = .failure(error)
        }
        switch answer {
        case .success(let signature): engine?.transport.signing = .signed(signature)
        case .failure(let problem):
            signingProblem = problem
            engine?.transport.signing = .refused
        }
        pump()
    }
}
