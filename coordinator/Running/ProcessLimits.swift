import Foundation

/// What this process asks of the kernel before anything else.
enum ProcessLimits {
    static func prepare() {
        // A reader that goes away (`| head -1`) must not end a rollout: the write says EPIPE then.
        signal(SIGPIPE, SIG_IGN)
        // One socket a host: the usual soft limit of 1024 open files is for programs that use select(2).
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
