import Dispatch
import Foundation
import Synchronization

/// A question whose answer is not shown. However it ends, by an answer, by Ctrl-C or in the background by Ctrl-Z, the
/// terminal shows again what is typed.
final class SecretPrompt: Sendable {
    private let text: String
    private let write: @Sendable (String) -> Void
    private let input: Int32
    private let before: termios
    private let silent: termios

    /// One is open now: nothing else is to be drawn on its line.
    static var isOpen: Bool { openPrompts.withLock { $0 > 0 } }

    private static let openPrompts = Mutex(0)
    private static let endingSignals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    /// Asks on the terminal itself, as ssh(1) and sudo(8) do: standard input may be something else. Nil where there is
    /// none (termios(3)).
    init?(_ text: String, write: @escaping @Sendable (String) -> Void) {
        let opened = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)
        // A terminal that is not the controlling one (tty(4), ENXIO) may still be standard input.
        input = opened >= 0 ? opened : STDIN_FILENO
        var now = termios()
        guard tcgetattr(input, &now) == 0 else {
            if opened >= 0 { close(opened) }
            return nil
        }
        before = now
        now.c_lflag &= ~tcflag_t(ECHO)
        silent = now
        self.text = text
        self.write = write
    }

    deinit { if input != STDIN_FILENO { close(input) } }

    /// Nil at the end of the input.
    func ask() -> String? {
        Self.openPrompts.withLock { $0 += 1 }
        let handlers =
            Self.endingSignals.map { number in Handler(number) { [self] in leave(by: number) } } + [
                // Ctrl-Z, and after `fg` the question again.
                Handler(SIGTSTP) { [self] in stop() }, Handler(SIGCONT) { [self] in begin() },
            ]
        defer {
            handlers.forEach { $0.remove() }
            Self.openPrompts.withLock { $0 -= 1 }
        }
        begin()
        let answer = line()
        end()
        return answer
    }

    /// Without its end. A terminal hands over one line at a time, of at most 4096 bytes (termios(3), canonical mode).
    private func line() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        var count: Int
        repeat { count = read(input, &bytes, bytes.count) } while count < 0 && errno == EINTR
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    private func begin() {
        set(silent)
        write(text)
    }

    private func end() {
        set(before)
        write("\n")
    }

    /// As the signal would have ended the program, whoever else listens to it.
    private func leave(by number: Int32) {
        end()
        _exit(128 + number)
    }

    private func stop() {
        end()
        kill(getpid(), SIGSTOP)
    }

    /// What was typed before is thrown away: an answer can't stand there before the question does.
    private func set(_ mode: termios) {
        var mode = mode
        tcsetattr(input, TCSAFLUSH, &mode)
    }

    /// Handles one signal, and leaves it to whoever did so before when it is removed.
    private struct Handler {
        private let number: Int32
        private let source: any DispatchSourceSignal
        private let before: sigaction

        init(_ number: Int32, _ handle: @escaping @Sendable () -> Void) {
            self.number = number
            var old = sigaction()
            sigaction(number, nil, &old)
            before = old
            // Dispatch catches the signal by itself; to ignore it would silence a SignalWatch that listens already.
            source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: handle)
            source.resume()
        }

        func remove() {
            source.cancel()
            var old = before
            sigaction(number, &old, nil)
        }
    }
}
