/// What the known_hosts files say to a key that a host presented.
public enum HostKeyState: Hashable, Sendable {
    /// Nothing is recorded about the host.
    case new
    case known
    /// Another key is recorded for the host at `place` (`file:line`), which the command `removal` takes away.
    case changed(place: String, fingerprint: String, removal: String)
    /// The key is revoked at `place` (`file:line`).
    case revoked(place: String)

    init(_ verdict: KnownHostKeys.Verdict, of name: KnownHostName) {
        switch verdict {
        case .known: self = .known
        case .unknown: self = .new
        case .changed(let line):
            self = .changed(
                place: line.place, fingerprint: line.key.fingerprint, removal: line.removal(of: name))
        case .revoked(let place): self = .revoked(place: place)
        }
    }
}
