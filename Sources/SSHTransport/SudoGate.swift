import FleetModel
import HostAccess

/// The way of one command through `sudo` with a password: says what to send when sudo asks, and when the command runs.
///
/// sudo's prompt and the command's start are known by random words on standard error, which nothing else prints. Until
/// the second one comes, nothing of the command's input is sent: where sudo does not ask, the password stays here.
struct SudoGate {
    /// What sudo printed that is neither its prompt nor the command's start.
    private(set) var said: [UInt8] = []
    private(set) var isOpen = false
    /// Bytes for sudo's standard input.
    var unsent: [UInt8] = []

    private let prompt: [UInt8]
    private let start: [UInt8]
    private let user: String
    private var password: Secret?

    /// More of what sudo and its modules print (lectures) is dropped from its beginning.
    private static let saidBytes = 16 << 10

    init(words: SudoWords, user: String, password: Secret) {
        prompt = Array(words.prompt.utf8)
        start = Array(words.start.utf8)
        self.user = user
        self.password = password
    }

    /// Takes what came on standard error; gives back what of it is the command's own.
    ///
    /// - Throws: `.sudoPasswordRejected` when sudo asks again. It is never answered twice: pam_faillock(8) counts.
    mutating func receive(_ bytes: some Sequence<UInt8>) throws(HostAccessError) -> [UInt8] {
        said += bytes
        if let range = Self.range(of: start, in: said) {
            isOpen = true
            password = nil
            unsent = []
            return Array(said[range.upperBound...])
        }
        while let range = Self.range(of: prompt, in: said) {
            said.removeSubrange(range)
            guard let answer = password.take() else { throw SudoRefusal.passwordRejected(user: user) }
            unsent = answer.exposed + [UInt8(ascii: "\n")]
        }
        if said.count > Self.saidBytes { said.removeFirst(said.count - Self.saidBytes) }
        return []
    }

    /// Why the command never ran, when all has ended.
    func refusal(_ ending: CommandEnding) -> HostAccessError {
        SudoRefusal.error(said: String(decoding: said, as: UTF8.self), ending: ending, user: user)
    }

    private static func range(of word: [UInt8], in bytes: [UInt8]) -> Range<Int>? {
        guard bytes.count >= word.count else { return nil }
        for start in 0...(bytes.count - word.count) where bytes[start...].starts(with: word) {
            return start..<(start + word.count)
        }
        return nil
    }
}

/// The words that one command's ``SudoGate`` listens for.
///
/// Neither stands in the command's text as it is printed, so that a login shell that shows what it runs (`set -x`) says
/// none of them.
struct SudoWords: Sendable {
    let prompt: String
    let start: String
    private let number: String

    /// Unguessable, so that no program on the host can make us send the password.
    init() {
        number = String(UInt128.random(in: .min ... .max), radix: 36)
        prompt = "[coord-\(number)%password]"
        start = "[coord-\(number)-start]"
    }

    /// The command behind a `sudo` that asks with our word, if it asks, and a shell that says when sudo is done.
    ///
    /// sudo's own texts are to be in English; the command keeps the host's language in all but messages.
    func shellText(_ command: Command) -> String {
        let sudo = ["env", "LC_MESSAGES=C", "sudo", "-S", "-p", "[coord-\(number)%%password]", "--"]
        let start = "printf %s%s '[coord-\(number)' '-start]' >&2; exec \"$@\""
        return Command(sudo + ["sh", "-c", start, "sh"] + command.arguments).shellText
    }
}
