import Glibc
import HostAccess

/// The user's key files, each read once and decrypted at most once in the life of the connector.
///
/// bcrypt takes about 0.1 s of CPU for a passphrase: paid once, not once a host.
actor KeyRing {
    private let passphrase: @Sendable (String) async -> String?
    private var files: [String: Result<KeyFile?, HostAccessError>] = [:]
    private var decryptions: [String: Task<Result<PrivateKey, HostAccessError>, Never>] = [:]

    init(passphrase: @escaping @Sendable (String) async -> String?) { self.passphrase = passphrase }

    /// The public key of a key file, nil where there is no such file.
    func publicKey(path: String) throws(HostAccessError) -> [UInt8]? { try file(path)?.publicKey }

    /// The public key in the file beside a private key that is missing or of no use to us: an agent may hold it.
    func publicKeyBeside(path: String) -> [UInt8]? {
        guard case .publicOnly(let blob)? = try? file(path + ".pub") else { return nil }
        return blob
    }

    /// Whether the private half is in the file too.
    func holdsPrivateKey(path: String) -> Bool {
        switch try? file(path) {
        case .clear, .encrypted: true
        case .publicOnly, nil: false
        }
    }

    /// The certificate in a file, nil where there is no such file.
    func certificate(path: String) throws(HostAccessError) -> Certificate? {
        guard let file = try file(path) else { return nil }
        guard case .publicOnly(let blob) = file, let certificate = Certificate(blob: blob) else {
            throw HostAccessError(
                .keyUnusable, "the file '\(path)' is not a user's certificate",
                hint: "a certificate is made with `ssh-keygen -s CA_KEY -I NAME -n USER KEY.pub`")
        }
        return certificate
    }

    private func file(_ path: String) throws(HostAccessError) -> KeyFile? {
        let known = files[path] ?? Self.read(path)
        files[path] = known
        return try known.get()
    }

    private static func read(_ path: String) -> Result<KeyFile?, HostAccessError> {
        do throws(FileProblem) {
            let bytes = try TextFile(path: path).bytes
            do throws(KeyFile.Problem) {
                let file = try KeyFile(bytes)
                if let problem = modeProblem(file, path) { throw problem }
                return .success(file)
            } catch {
                let hint = error.hint?.replacing("FILE", with: path)
                return .failure(HostAccessError(.keyUnusable, "the key file '\(path)' \(error.text)", hint: hint))
            }
        } catch  where error.isMissingFile {
            return .success(nil)
        } catch {
            return .failure(
                HostAccessError(
                    .keyUnusable, "cannot read the key file '\(path)': \(error.text)",
                    hint: "name a private key that you may read"))
        }
    }

    static func missing(_ path: String) -> HostAccessError {
        HostAccessError(
            .keyUnusable, "the key file '\(path)' does not exist",
            hint: "it is named by --identity, ansible_ssh_private_key_file or IdentityFile: correct the path there")
    }

    /// As ssh does: a private key of ours that others may read is no longer private.
    private static func modeProblem(_ file: KeyFile, _ path: String) -> KeyFile.Problem? {
        var status = stat()
        if case .publicOnly = file { return nil }
        guard stat(path, &status) == 0, status.st_uid == getuid(), status.st_mode & 0o077 != 0 else { return nil }
        return KeyFile.Problem(
            text: "can be read by others (mode 0\(String(status.st_mode & 0o777, radix: 8)))", hint: "chmod 600 FILE")
    }

    /// The private key, decrypted if need be. All who ask meanwhile wait for the one answer; a wrong passphrase is
    /// final.
    func privateKey(path: String) async throws(HostAccessError) -> PrivateKey {
        guard let file = try file(path) else {
            throw Self.missing(path)
        }
        switch file {
        case .clear(let key): return key
        case .publicOnly:
            throw HostAccessError(.keyUnusable, "the key file '\(path)' holds a public key only")
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
                return .failure(
                    HostAccessError(
                        .keyUnusable, "wrong passphrase for the key file '\(path)'",
                        hint: "try again, or load it into an ssh-agent: `ssh-add \(path)`"))
            }
            return .success(decrypted)
        }
        decryptions[path] = task
        return task
    }
}
