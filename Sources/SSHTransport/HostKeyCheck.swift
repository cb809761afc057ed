import FleetModel
import HostAccess

/// The check of a host's key: only a recorded key is good. A first key is recorded where the settings say so.
struct HostKeyCheck: Sendable {
    let endpoint: HostEndpoint
    let name: KnownHostName
    let known: KnownHostKeys
    let paths: [String]
    let files: KnownHostsFiles
    /// Told of a key that was recorded.
    let recorded: @Sendable (RecordedHostKey) -> Void

    func check(_ key: HostKey) async throws(HostAccessError) {
        let verdict = known.verdict(on: key)
        if case .known = verdict { return }
        if case .unknown = verdict, endpoint.settings.newHostKey == .recorded, let path = paths.first {
            if try await files.record(key, as: name, in: paths) {
                recorded(RecordedHostKey(host: endpoint.name, key: key, path: path))
            }
            return
        }
        throw error(key, verdict)
    }

    private func error(_ key: HostKey, _ verdict: KnownHostKeys.Verdict) -> HostAccessError {
        switch verdict {
        case .revoked(let place):
            return HostAccessError(
                .hostKeyRevoked, "the host presented the \(key.type) key \(key.fingerprint), which \(place) revokes",
                hint: "whoever answers at \(name.text) holds a key that must not be trusted; give the host a new key")
        case .changed(let line):
            return HostAccessError(
                .hostKeyChanged,
                "THE HOST KEY HAS CHANGED: the host presented the \(key.type) key \(key.fingerprint), but "
                    + "\(line.place) records the \(line.key.type) key \(line.key.fingerprint)",
                hint:
                    "somebody may be in between; if the host was set up anew, compare the fingerprint on its console, "
                    + "then remove the old key with `\(line.removal(of: name))` and record the new one: "
                    + "coord trust INVENTORY"
            )
        case .known, .unknown:
            return HostAccessError(.hostKeyUnknown, unknownProblem(key, verdict), hint: Self.recordHint)
        }
    }

    private func unknownProblem(_ key: HostKey, _ verdict: KnownHostKeys.Verdict) -> String {
        guard case .unknown(let authority?) = verdict else {
            return "the host's \(key.type) key \(key.fingerprint) is not in any known_hosts file"
        }
        return "the host's \(key.type) key \(key.fingerprint) is not recorded; \(authority) trusts certified keys, but "
            + "libssh2 asks hosts for plain keys only, so the plain key has to be recorded too"
    }

    private static let recordHint =
        "coord trust INVENTORY shows the keys of all hosts and records them; compare them on the hosts "
        + "(`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`)"
}

/// A host's first key, as it was added to a known_hosts file.
public struct RecordedHostKey: Sendable {
    /// The host's name in the inventory.
    public let host: HostName
    /// The key.
    public let key: HostKey
    /// The file that it was added to.
    public let path: String
}
