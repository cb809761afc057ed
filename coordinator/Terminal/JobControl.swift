import Dispatch
import Foundation

/// Ctrl-Z (SIGTSTP): the screen is put in order before the shell writes there. The program then stops as by default.
final class JobControl {
    private let source: (any DispatchSourceSignal)?

    /// - Parameter beforeStop: must return soon.
    init(beforeStop: @escaping @Sendable () -> Void) {
        guard !SignalWatch.isIgnored(SIGTSTP) else {
            source = nil
            return
        }
        source = DispatchSource.makeSignalSource(signal: SIGTSTP, queue: .global())
        source?.setEventHandler { @Sendable in
            beforeStop()
            Self.stop()
        }
        source?.resume()
    }

    /// From now on the signal does what it does by default.
    func end() {
        guard let source else { return }
        source.cancel()
        signal(SIGTSTP, SIG_DFL)
    }

    /// Returns after SIGCONT. By SIGTSTP itself and not by SIGSTOP: nobody could wake a job of which no shell takes
    /// care, and the kernel does not let it stop by this one (setpgid(2), orphaned process groups).
    private static func stop() {
        var standard = sigaction()
        standard.__sigaction_handler.sa_handler = SIG_DFL
        var before = sigaction()
        sigaction(SIGTSTP, &standard, &before)
        // Dispatch blocks what it listens to.
        var (signals, mask) = (sigset_t(), sigset_t())
        sigemptyset(&signals)
        sigaddset(&signals, SIGTSTP)
        pthread_sigmask(SIG_UNBLOCK, &signals, &mask)
        raise(SIGTSTP)
        pthread_sigmask(SIG_SETMASK, &mask, nil)
        sigaction(SIGTSTP, &before, nil)
    }
}
