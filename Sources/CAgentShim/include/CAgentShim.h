// What the agent needs of Linux and Swift's Glibc module hides: GNU extensions, variadic functions, and the one
// function that must not run Swift code (what happens between fork and exec).
#pragma once

#include <dirent.h>
#include <sys/socket.h>
#include <sys/types.h>

/// pipe2(2) with O_CLOEXEC; ends[0] is for reading and never blocks.
int agent_pipe(int ends[2]);

/// accept4(2) with SOCK_CLOEXEC and SOCK_NONBLOCK.
int agent_accept(int listener);

/// The user id at the other end of a unix socket (SO_PEERCRED, unix(7)), or -1.
long agent_peer_user(int socket);

/// openat(2) with O_CLOEXEC; use AT_FDCWD for a path.
int agent_open(int directory, const char *path, int flags, mode_t mode);

/// Sets or clears O_NONBLOCK; answers the flags from before (fcntl(2), F_GETFL), or -1.
int agent_set_nonblocking(int descriptor, int is_nonblocking);

/// syncfs(2): everything written to the file system that `descriptor` is on.
int agent_sync_file_system(int descriptor);

/// Blocks the signals a daemon answers to, and a descriptor (signalfd(2)) that reads them: SIGCHLD, SIGTERM, SIGINT,
/// SIGHUP. Ignores SIGPIPE.
int agent_open_signals(void);

/// The next signal that came, or 0.
int agent_next_signal(int signals);

/// The name in a directory entry; Swift sees a tuple.
const char *agent_entry_name(const struct dirent *entry);

/// Fills `address` from an IPv4 or IPv6 literal; answers its size, or 0 where `host` is no such literal. Never resolves
/// names: name service modules kill a static binary.
socklen_t agent_parse_address(const char *host, unsigned short port, struct sockaddr_storage *address);

/// Has the kernel kill this process when its parent ends (prctl(2), PR_SET_PDEATHSIG).
void agent_die_with_parent(void);

/// How a child process is started.
struct agent_command {
    const char *path;
    char *const *arguments;
    char *const *environment;
    const char *directory;
    /// Descriptors that become its standard output and standard error; its input is /dev/null.
    int output;
    int errors;
    /// In a session of its own, and not killed when the agent ends. Otherwise in a process group of its own.
    int is_detached;
};

/// Starts a program. Answers its process id, or the negative errno of what failed, exec included.
pid_t agent_spawn(const struct agent_command *command);

/// Gives back the memory that the program's own code takes up; the kernel reads a page again when it is next needed
/// (madvise(2), MADV_DONTNEED). For an agent that has nothing to do for hours.
void agent_release_code(void);
