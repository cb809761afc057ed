import HostAccess

/// How an sshd turns a connection away before any login: later it may let it in.
enum StartRefusal: Equatable {
    /// It says that too many connections have not logged in yet (MaxStartups).
    case crowded
    /// It says that our address has misbehaved (PerSourcePenalties, OpenSSH 9.8 and later).
    case penalized
    /// It hung up without a word, as an older sshd beyond its MaxStartups does; others have other reasons.
    case silent

    /// From all that the server sent before it ended the connection; nil where that is something else.
    init?(firstBytes: [UInt8]) {
        let text = String(decoding: firstBytes, as: UTF8.self)
        // The server's own words are sent in place of its greeting (sshd.c, drop_connection).
        if text.contains("Exceeded MaxStartups") {
            self = .crowded
        } else if text.contains("Not allowed at this time") {
            self = .penalized
        } else if firstBytes.isEmpty || Self.isGreetingOnly(firstBytes) {
            self = .silent
        } else {
            return nil
        }
    }

    /// The server's own reason; nil where it gave none.
    var error: HostAccessError? {
        switch self {
        case .crowded:
            HostAccessError(
                .connectionLost, "sshd turns connections away: too many have not logged in yet",
                hint: "raise MaxStartups in the host's sshd_config, or connect to fewer hosts at a time")
        case .penalized:
            HostAccessError(
                .connectionLost, "sshd turns this machine's connections away for a while after failed logins",
                hint: "see PerSourcePenalties in the host's sshd_config")
        case .silent: nil
        }
    }

    private static func isGreetingOnly(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: Array("SSH-".utf8)) && bytes.firstIndex(of: UInt8(ascii: "\n")) == bytes.indices.last
    }
}

/// A login that failed, and whether the server did not even begin it.
struct LoginFailure: Error {
    var error: HostAccessError
    var refusal: StartRefusal?

    init(_ error: HostAccessError, refusal: StartRefusal? = nil) {
        self.error = error
        self.refusal = refusal
    }
}

/// When to come back after a ``StartRefusal``: waits double, and differ from host to host so that those who were turned
/// away together do not come back together.
struct StartRetry {
    private var attempts = 0

    private static let first = Duration.milliseconds(200)
    private static let maximum = Duration.seconds(5)
    /// sshd's least penalty is 1 s for a connection without a login, 5 s for a failed one; more attempts add to it.
    private static let penalty = Duration.seconds(5)
    /// Whoever hangs up without a word may do so for ever: about 5 s of trying.
    private static let maximumSilentAttempts = 5

    /// How long to wait; nil where trying again is no use.
    mutating func delay(after refusal: StartRefusal) -> Duration? {
        attempts += 1
        if refusal == .silent, attempts > Self.maximumSilentAttempts { return nil }
        let doubled = Self.first * (1 << min(attempts - 1, 10))
        let step =
            refusal == .penalized ? max(Self.penalty, min(doubled, Self.penalty * 4)) : min(doubled, Self.maximum)
        return refusal == .penalized ? step * Double.random(in: 1...1.5) : step * Double.random(in: 0.5...1)
    }
}
