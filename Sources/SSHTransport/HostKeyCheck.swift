import HostAccess

/// Strict host key checking: only a recorded key is good, and nothing is ever recorded on the way.
struct HostKeyCheck: Sendable {
    var address: String
    var port: Int
    var known: KnownHostKeys

    func check(_ key: HostKey) throws(HostAccessError) {
        let name = KnownHosts.lookupName(address: address, port: port)
        switch known.verdict(on: key) {
        case .known: return
        case .revoked(let place):
            throw HostAccessError(
                .hostKeyRevoked, "the host presented the \(key.type) key \(key.fingerprint), which \(place) revokes",
                hint: "whoever answers at \(name) holds a key that must not be trusted; give the host a new key")
        case .changed(let place, let knownType):
            let known = knownType == key.type ? "another key" : "its \(knownType) key instead"
            throw HostAccessError(
                .hostKeyChanged,
                "the host presented the \(key.type) key \(key.fingerprint), but \(place) records \(known)",
                hint:
                    "somebody may be in between; if the host was set up anew, compare the fingerprint on its console, "
                    + "then remove the old key with `ssh-keygen -R '\(name)'` and record the new one")
        case .unknown(let authority?):
            throw HostAccessError(
                .hostKeyUnknown,
                "the host's \(key.type) key \(key.fingerprint) is not recorded; \(authority) would accept certified "
                    + "keys, but host certificates are not supported",
                hint: Self.recordHint(name: name, address: address, port: port))
        case .unknown(nil):
            throw HostAccessError(
                .hostKeyUnknown, "the host's \(key.type) key \(key.fingerprint) is not in any known_hosts file",
                hint: Self.recordHint(name: name, address: address, port: port))
        }
    }

    private static func recordHint(name: String, address: String, port: Int) -> String {
        "compare the fingerprint on the host (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`), then record the "
            + "key: `ssh-keyscan -p \(port) \(address) >> ~/.ssh/known_hosts`"
    }
}
