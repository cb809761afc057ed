import FleetModel
import HostAccess
import Testing

@testable import SSHTransport

@Suite struct SudoGateTests {
    private let words = SudoWords()

    private func gate() -> SudoGate { SudoGate(words: words, user: "ops", password: Secret("s3cret")) }

    @Test func `the password is sent at the prompt only, and what follows the start is the command's`() throws {
        var gate = gate()
        var own: [UInt8] = []
        for byte in "We trust you have received the usual lecture.\n\(words.prompt)".utf8 {
            #expect(gate.unsent.isEmpty && !gate.isOpen)
            own += try gate.receive([byte])
        }
        #expect(gate.unsent == Array("s3cret\n".utf8))
        gate.unsent = []
        for byte in "\(words.start)oops\n".utf8 { own += gate.isOpen ? [byte] : try gate.receive([byte]) }
        #expect(gate.isOpen && gate.unsent.isEmpty)
        #expect(own == Array("oops\n".utf8))
    }

    @Test func `sudo that does not ask never gets the password`() throws {
        var gate = gate()
        let own = try gate.receive(Array((words.start + "first line").utf8))
        #expect(own == Array("first line".utf8))
        #expect(gate.isOpen && gate.unsent.isEmpty)
    }

    @Test func `a second prompt is refused, also in one piece with the first`() throws {
        var gate = gate()
        let error = #expect(throws: HostAccessError.self) {
            try gate.receive(Array("\(words.prompt)Sorry, try again.\n\(words.prompt)".utf8))
        }
        #expect(error?.reason == .sudoPasswordRejected)
        #expect(error?.problem.contains("'ops'") == true)
    }

    @Test func `sudo that talks without end fills no memory`() throws {
        var gate = gate()
        for _ in 0..<100 { _ = try gate.receive([UInt8](repeating: 65, count: 1 << 16)) }
        #expect(gate.said.count <= 16 << 10)
        _ = try gate.receive(Array(words.prompt.utf8))
        #expect(!gate.unsent.isEmpty)
    }

    @Test func `the words differ each time and do not stand in the command's text`() {
        let text = words.shellText(Command(["cat", "a b"]))
        #expect(!text.contains(words.prompt) && !text.contains(words.start))
        #expect(text.hasPrefix("env ") && text.contains("sudo") && text.hasSuffix("cat 'a b'"))
        #expect(SudoWords().prompt != words.prompt)
    }

    /// As sudo 1.8 and 1.9 print it.
    @Test(
        arguments: [
            ("sudo: a password is required\n", .sudoPasswordRequired, "sudo asks for a password"),
            (
                "Sorry, try again.\nsudo: 1 incorrect password attempt\n", .sudoPasswordRejected,
                "does not accept the password"
            ),
            ("ops is not in the sudoers file.\n", .sudoRefused, "it is not in the sudoers file"),
            (
                "ops is not in the sudoers file.  This incident will be reported.\n", .sudoRefused,
                "not in the sudoers file"
            ),
            ("Sorry, user ops may not run sudo on h1.\n", .sudoRefused, "may not use sudo on this host"),
            (
                "Sorry, user ops is not allowed to execute '/usr/bin/sh -c x' as root on h1.\n", .sudoRefused,
                "does not let the user 'ops' run"
            ),
            ("sudo: sorry, you must have a tty to run sudo\n", .sudoRefused, "requiretty"),
            ("Password change required but no TTY available.\n", .sudoRefused, "has expired"),
            ("sudo: Account or password is expired, reset your password and try again\n", .sudoRefused, "has expired"),
            ("sudo: Account expired or PAM config lacks an \"account\" section\n", .sudoRefused, "has expired"),
            ("sudo: account validation failure, is your account locked?\n", .sudoRefused, "locked"),
            (
                "sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set\n", .sudoRefused,
                "not set-user-ID root"
            ),
            ("env: 'sudo': No such file or directory\n", .sudoRefused, "not installed"),
            ("sudo: unable to open /run/sudo: No space left\n", .sudoRefused, "unable to open /run/sudo"),
        ] as [(String, HostAccessError.Reason, String)])
    func `each refusal of sudo has its sentence and a remedy`(
        said: String, reason: HostAccessError.Reason, problem: String
    ) {
        let ending = CommandEnding.exited(said.hasPrefix("env:") ? 127 : 1)
        let error = SudoRefusal.error(said: said, ending: ending, user: "ops")
        #expect(error.reason == reason)
        #expect(error.problem.contains(problem), "\(error.problem)")
        #expect(error.hint?.contains("USER") == false)
        #expect(!error.isTransient)
    }
}
