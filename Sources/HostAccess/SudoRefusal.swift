import FleetModel

/// What sudo's texts mean, and what to do about each.
public enum SudoRefusal {
    /// Part of what sudo 1.8 and 1.9 print in the C locale, and the sentence for it; `USER` is the login's name.
    private static let known: [(text: String, reason: HostAccessError.Reason, problem: String, hint: String)] = [
        (
            "a password is required", .sudoPasswordRequired, "sudo asks for a password",
            "give it with -K or --become-password-file, or let the user run sudo without one (NOPASSWD in sudoers(5))"
        ),
        (
            "no password was provided", .sudoPasswordRejected, "sudo does not accept the password of 'USER'",
            "check the password with `sudo -k true` on the host"
        ),
        (
            "not in the sudoers file", .sudoRefused, "the user 'USER' may not use sudo: it is not in the sudoers file",
            "as root on the host: `usermod -aG sudo USER` (wheel on Red Hat), or connect as another user"
        ),
        (
            "may not run sudo", .sudoRefused, "the user 'USER' may not use sudo on this host",
            "allow it in /etc/sudoers (visudo), or connect as another user"
        ),
        (
            "is not allowed to execute", .sudoRefused, "sudo does not let the user 'USER' run what coord needs",
            "allow `USER ALL=(root) ALL` in /etc/sudoers (visudo), or connect as another user"
        ),
        (
            "must have a tty", .sudoRefused, "sudo wants a terminal (requiretty in its sudoers file)",
            "on the host, with visudo: `Defaults:USER !requiretty`"
        ),
        (
            "password expired", .sudoRefused, "the password of 'USER' has expired on the host",
            "log in and set a new one with `passwd`"
        ),
        (
            "password change required", .sudoRefused, "the password of 'USER' has expired on the host",
            "log in and set a new one with `passwd`"
        ),
        (
            "password is expired", .sudoRefused, "the password or the account of 'USER' has expired on the host",
            "log in and set a new one with `passwd`; as root: `chage -l USER`"
        ),
        (
            "account expired", .sudoRefused, "the account of 'USER' has expired on the host",
            "as root on the host: `chage -l USER`"
        ),
        (
            "account validation failure", .sudoRefused, "sudo finds the account of 'USER' locked",
            "as root on the host: `passwd -S USER`, `faillock --user USER`"
        ),
        (
            "no new privileges", .sudoRefused, "sudo may not raise privileges in this session (no_new_privs)",
            "sshd runs under a restriction, such as NoNewPrivileges= of its unit or a container's"
        ),
        (
            "must be owned by uid 0", .sudoRefused, "sudo is broken on this host: it is not set-user-ID root",
            "as root on the host: `chown root: $(command -v sudo); chmod 4755 $(command -v sudo)`"
        ),
    ]

    /// Sent once, and not accepted.
    public static func passwordRejected(user: String) -> HostAccessError {
        HostAccessError(
            .sudoPasswordRejected, "sudo does not accept the password of '\(user)'",
            hint:
                "it was sent once and is not sent again, so that no account gets locked; "
                + "try it on the host: `sudo -k true`"
        )
    }

    /// What standard error of a command through sudo says of sudo itself; nil where it let the command in.
    public static func found(in said: String, ending: CommandEnding, user: String) -> HostAccessError? {
        let lines = said.split(whereSeparator: \.isNewline)
        let isMissing = ending == .exited(127) && lines.contains { $0.contains("sudo") }
        let line = lines.last { line in
            // That one is a warning: sudo goes on.
            (line.hasPrefix("sudo:") || line.hasPrefix("Sorry, user"))
                && !line.hasPrefix("sudo: unable to resolve host")
        }
        guard isMissing || line != nil else { return nil }
        return error(said: line.map(String.init) ?? "", ending: ending, user: user)
    }

    /// `said`: what sudo printed before it ended without having let the command in.
    public static func error(said: String, ending: CommandEnding, user: String) -> HostAccessError {
        let text = said.printable(maximumBytes: 4096)
        if text.contains("incorrect password attempt") { return passwordRejected(user: user) }
        let lower = text.lowercased()
        if let sentence = known.first(where: { lower.contains($0.text) }) {
            return HostAccessError(
                sentence.reason, sentence.problem.replacing("USER", with: user),
                hint: sentence.hint.replacing("USER", with: user))
        }
        if ending == .exited(127) {
            return HostAccessError(
                .sudoRefused, "sudo is not installed on this host", hint: "install it, or connect as root")
        }
        let last = text.split(whereSeparator: \.isNewline).last.map(String.init)
        return HostAccessError(
            .sudoRefused, "sudo did not run the command: \(last ?? "it \(ending.spoken) without a word")",
            hint: "try it on the host: `sudo -k true`")
    }
}

extension CommandEnding {
    fileprivate var spoken: String {
        switch self {
        case .exited(let status): "ended with exit status \(status)"
        case .signalled(let name): "was ended by the signal \(name)"
        case .lost, .timedOut, .unknown: "ended"
        }
    }
}
