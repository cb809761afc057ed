#define _GNU_SOURCE
#include "CAgentShim.h"

#include <stdint.h>
#include <sys/mman.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

int agent_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    return agent_set_nonblocking(ends[0], 1) < 0 ? -1 : 0;
}

int agent_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

long agent_peer_user(int socket) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? (long)peer.uid : -1;
}

int agent_open(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags | O_CLOEXEC, mode);
}

int agent_set_nonblocking(int descriptor, int is_nonblocking) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -1;
    int wanted = is_nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    return fcntl(descriptor, F_SETFL, wanted) < 0 ? -1 : flags;
}

int agent_sync_file_system(int descriptor) { return syncfs(descriptor); }

int agent_open_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int agent_next_signal(int signals) {
    struct signalfd_siginfo info;
    return read(signals, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

const char *agent_entry_name(const struct dirent *entry) { return entry->d_name; }

socklen_t agent_parse_address(const char *host, unsigned short port, struct sockaddr_storage *address) {
    memset(address, 0, sizeof *address);
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        return sizeof *four;
    }
    if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        return sizeof *six;
    }
    return 0;
}

void agent_die_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

static void reset_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    // An ignored SIGPIPE would be inherited, and shell pipelines would no longer end as they should.
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// Whatever else the parent was started with, a detached child must not hold open: who waits for it to close would wait
// for ever. Not close(2): `failures` is among them, and is needed until exec.
static void close_inherited_on_exec(void) {
    for (int descriptor = 3; descriptor < 1024; descriptor++) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

// Runs in the child. Only async-signal-safe calls (signal-safety(7)); on failure the errno goes to `failures`.
static void become(const struct agent_command *command, pid_t parent, int failures) {
    if (command->is_detached) {
        setsid();
        close_inherited_on_exec();
    } else {
        setpgid(0, 0);
        agent_die_with_parent();
        // The parent may have ended before the line above took effect.
        if (getppid() != parent) _exit(127);
    }
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input >= 0 && dup2(input, 0) == 0 && dup2(command->output, 1) == 1 && dup2(command->errors, 2) == 2 &&
        chdir(command->directory) == 0) {
        reset_signals();
        execve(command->path, command->arguments, command->environment);
    }
    int error = errno;
    (void)!write(failures, &error, sizeof error);
    _exit(127);
}

pid_t agent_spawn(const struct agent_command *command) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) become(command, parent, ends[1]);
    int error = child < 0 ? errno : 0;
    close(ends[1]);
    // Ends at once: with exec, which closes the other end, or with what failed.
    if (child > 0 && read(ends[0], &error, sizeof error) == sizeof error) {
        waitpid(child, NULL, 0);
    } else if (child > 0) {
        error = 0;
    }
    close(ends[0]);
    return error == 0 ? child : -error;
}

// The linker's own symbols (end(3)): the code lies between them, mapped from the file and never written to.
extern const char __executable_start[], etext[];

void agent_release_code(void) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = ((uintptr_t)__executable_start + page - 1) & ~(page - 1);
    uintptr_t end = (uintptr_t)etext & ~(page - 1);
    if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
}
