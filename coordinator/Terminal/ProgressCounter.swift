import Foundation
import Reporting
import Synchronization

/// `12 of 200 hosts` on a terminal, drawn over itself, while hosts are asked; nothing anywhere else.
final class ProgressCounter: Sendable {
    private let total: Int
    private let verb: String
    private let isShown: Bool
    private let done = Mutex(0)

    /// `verb` is what hosts have done that are counted: `answered`.
    init(of total: Int, _ verb: String, isQuiet: Bool) {
        self.total = total
        self.verb = verb
        isShown = Terminal.standard.showsProgressLive && !isQuiet && total > 1
        draw(0)
    }

    func count() {
        draw(
            done.withLock { done in
                done += 1
                return done
            })
    }

    /// Takes it off the screen, before anything else is printed.
    func clear() { if isShown { Terminal.standard.clearLine() } }

    private func draw(_ number: Int) {
        if isShown, !SecretPrompt.isOpen {
            Terminal.standard.draw("\r\(number) of \(counted(total, "host")) \(verb)\u{1B}[K")
        }
    }
}
