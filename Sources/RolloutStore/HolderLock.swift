import Glibc

/// What shows other processes of this machine whether the holder of a lease still lives: a lock on a file (flock(2)),
/// which the kernel gives back at the holder's death, so that nobody waits for a dead one's lease to expire.
final class HolderLock: Sendable {
    private let descriptor: Int32

    /// Nil where the file can't be made or locked; then only the lease's expiry tells.
    init?(_ path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// A holder made this file, and holds it no more. Shared, so that those who look do not take each other for it.
    static func isAbandoned(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) == 0
    }
}
