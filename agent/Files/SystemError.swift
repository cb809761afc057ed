import Glibc

/// A system call that failed, and what it was for.
struct SystemError: Error, Equatable {
    /// errno(3).
    let code: Int32
    let problem: String

    /// `code` comes first so that `errno` is read before the text is built.
    init(_ code: Int32, _ attempt: String) {
        self.code = code
        problem = attempt + ": " + String(cString: strerror(code))
    }

    /// No space, or no more of it for this user (EDQUOT).
    var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT }
}
