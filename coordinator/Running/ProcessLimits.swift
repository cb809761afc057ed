import Foundation

/// What this process asks of the kernel before anything else.
enum ProcessLimits {
    static func prepare() {
        occupyStandardStreams()
        // A reader that goes away (`| head -1`) must not end a rollout: the write says EPIPE then.
        signal(SIGPIPE, SIG_IGN)
        // One socket a host: the usual soft limit of 1024 open files is for programs that use select(2).
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Where the caller has closed a standard stream, the next file or connection that is opened gets its number, and
    /// what is meant for the person would be written into it.
    private static func occupyStandardStreams() {
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
            // The lowest free number (open(2)): this one.
            _ = open("/dev/null", O_RDWR)
        }
    }
}
