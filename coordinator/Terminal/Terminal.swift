import Foundation
import Reporting
import Synchronization

/// Where results, progress and questions go: standard output, standard error, and the person, if there is one.
struct Terminal: Sendable {
    static let standard = Terminal()

    var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }
    var showsProgressLive: Bool { isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb" }

    /// Not a job in the background (tcgetpgrp(3)); true also where standard error is not the controlling terminal.
    var isInForeground: Bool {
        let group = tcgetpgrp(STDERR_FILENO)
        return group < 0 || group == getpgrp()
    }

    /// The result of a command.
    func print(_ line: String) {
        let problem = write(line + "\n", to: STDOUT_FILENO)
        // A full disk must not look like an answer; but a rollout goes on, and says so at its end.
        if problem != 0, problem != EPIPE { Self.outputProblem.withLock { $0 = $0 ?? problem } }
    }

    /// Why standard output took not everything (errno(3)); nil where it did, or where its reader has gone away.
    static var lostOutput: String? { outputProblem.withLock { $0 }.map { String(cString: strerror($0)) } }

    private static let outputProblem = Mutex<Int32?>(nil)

    /// Control sequences for a result that is drawn again and again.
    func write(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Progress, questions and errors.
    func complain(_ text: String) { write(text.hasSuffix("\n") ? text : text + "\n", to: STDERR_FILENO) }

    /// Control sequences for the live view.
    func draw(_ text: String) { write(text, to: STDERR_FILENO) }

    /// Colours, where they are seen and wanted (https://no-color.org).
    func style(isPlain: Bool, for descriptor: Int32) -> Style {
        let isWanted = !isPlain && environment("NO_COLOR").isEmpty && environment("TERM") != "dumb"
        return isWanted && isatty(descriptor) == 1 ? .coloured : .plain
    }

    /// Columns and rows (ioctl_tty(2), TIOCGWINSZ); 80 by 24 where nobody knows.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Asks a yes-or-no question; no is what anything but yes means.
    func confirm(_ question: String) -> Bool {
        write(question + " [y/N] ", to: STDERR_FILENO)
        return ["y", "yes"].contains((readLine() ?? "").lowercased())
    }

    /// Somebody reads what is asked; standard input may be something else, which a command on the hosts is given.
    var canAskSecrets: Bool { isatty(STDERR_FILENO) == 1 }

    /// Asks for a secret without showing it, on the terminal itself, as ssh(1) and sudo(8) do; nil off a terminal.
    func askSecret(_ prompt: String) -> String? {
        guard canAskSecrets else { return nil }
        // Progress may stand on the line.
        clearLine()
        return SecretPrompt(prompt, write: draw)?.ask()
    }

    /// Takes what stands on the line of the cursor away (ECMA-48 EL): progress, or the `^C` that the terminal echoes.
    func clearLine() { if showsProgressLive { draw("\r\u{1B}[K") } }

    /// The locale is one of UTF-8 (locale(7): the first of these that is set decides).
    private static let showsUnicode: Bool = {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
        return locale.lowercased().replacing("-", with: "").contains("utf8")
    }()

    private func environment(_ name: String) -> String { ProcessInfo.processInfo.environment[name] ?? "" }

    /// 0, or why not all was written (errno(3)). A reader that has gone away (EPIPE) ends our talking, not our work.
    @discardableResult
    private func write(_ text: String, to descriptor: Int32) -> Int32 {
        let isShownInASCII = !Self.showsUnicode && isatty(descriptor) == 1
        var rest = Array((isShownInASCII ? text.inASCII : text).utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN {
                // Somebody who shares it made it non-blocking (fcntl(2), O_NONBLOCK): wait as a blocking write would.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
                continue
            }
            guard count > 0 else { return count < 0 ? errno : EIO }
            rest = rest.dropFirst(count)
        }
        return 0
    }
}
