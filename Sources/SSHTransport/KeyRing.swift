import HostAccess

/// The user's key files, each read once and decrypted at most once in the life of the connector.
///
/// bcrypt takes about 0.1 s of CPU for a passphrase: paid once, not once a host.
actor KeyRing {
    private let passphrase: @Sendable (String) async -> String?
    private var files: [String: Result<KeyFile?, HostAccessError>] = [:]
    private var decryptions: [String: Task<Result<PrivateKey, HostAccessError>, Never>] = [:]

    init(passphrase: @escaping @Sendable (String) async -> String?) { self.passphrase = passphrase }

    /// The public key of a private key file, nil where there is no such file.
    func publicKey(path: String) throws(HostAccessError) -> [UInt8]? { try file(path)?.publicKey }

    private func file(_ path: String) throws(HostAccessError) -> KeyFile? {
        let known = files[path] ?? Self.read(path)
        files[path] = known
        return try known.get()
    }

    private static func read(_ path: String) -> Result<KeyFile?, HostAccessError> {
        do throws(FileProblem) {
            let bytes = try TextFile(path: path).bytes
            do throws(KeyFile.Problem) {
                return .success(try KeyFile(bytes))
            } catch {
                let hint = error.hint?.replacing("FILE", with: path)
                return .failure(HostAccessError(.keyUnusable, "the key file '\(path)' \(error.text)", hint: hint))
            }
        } catch  where error.isMissingFile {
            return .success(nil)
        } catch {
            return .failure(HostAccessError(.keyUnusable, "cannot read the key file '\(path)': \(error.text)"))
        }
    }

    /// The private key, decrypted if need be. All who ask meanwhile wait for the one answer; a wrong passphrase is
    /// final.
    func privateKey(path: String) async throws(HostAccessError) -> PrivateKey {
        guard let file = try file(path) else {
            throw HostAccessError(.keyUnusable, "the key file '\(path)' does not exist")
        }
        switch file {
        case .clear(let key): return key
        case .encrypted(let key):
            let decryption = decryptions[path] ?? startDecrypting(key, path: path)
            return try await decryption.value.get()
        }
    }

    private func startDecrypting(
        _ key: EncryptedKey, path: String
    ) -> Task<Result<PrivateKey, HostAccessError>, Never> {
        // Detached: it belongs to all who wait, and its arithmetic must not keep this actor from answering others.
        let task = Task.detached { [passphrase] () -> Result<PrivateKey, HostAccessError> in
            guard let answer = await passphrase(path) else {
                return .failure(
                    HostAccessError(
                        .keyUnusable, "the key file '\(path)' is encrypted and no passphrase was given",
                        hint: "load it into an ssh-agent: `ssh-add \(path)`"))
            }
            guard let decrypted = key.decrypted(passphrase: answer) else {
                return .failure(HostAccessError(.keyUnusable, "wrong passphrase for the key file '\(path)'"))
            }
            return .success(decrypted)
        }
        decryptions[path] = task
        return task
    }
}
