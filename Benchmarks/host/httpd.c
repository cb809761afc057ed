// httpd PORT ROOT - the service of a benchmark host. Answers every request with 200 and the version that
// ROOT/current/VERSION held when it started. Its parent exits when it listens, so that a caller knows it is up.
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BIND_ATTEMPTS = 100, BIND_PAUSE_MICROSECONDS = 10000 };

static char version[128];

static int read_version(const char *root) {
    char path[4096];
    snprintf(path, sizeof path, "%s/current/VERSION", root);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t count = read(file, version, sizeof version - 1);
    close(file);
    if (count < 0) return -1;
    version[strcspn(version, "\r\n")] = 0;
    return 0;
}

static int listen_at(int port) {
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(port)};
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0) return -1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    // The process that is being replaced may not have let go of the port yet.
    for (int attempt = 0; bind(listener, (struct sockaddr *)&place, sizeof place) != 0; attempt++) {
        if (attempt == BIND_ATTEMPTS) return -1;
        usleep(BIND_PAUSE_MICROSECONDS);
    }
    return listen(listener, 64) == 0 ? listener : -1;
}

static void serve(int listener) {
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0) continue;
        char request[2048], reply[512];
        if (read(client, request, sizeof request) > 0) {
            int length = snprintf(reply, sizeof reply, "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%s\n",
                                  strlen(version) + 1, version);
            if (write(client, reply, length) == length) shutdown(client, SHUT_WR);
        }
        close(client);
    }
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    if (read_version(arguments[2]) != 0) return 3;
    int listener = listen_at(atoi(arguments[1]));
    if (listener < 0) {
        perror("httpd");
        return 4;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/service.pid", arguments[2]);
    pid_t child = fork();
    if (child < 0) return 5;
    if (child > 0) {
        FILE *file = fopen(path, "w");
        if (file == NULL || fprintf(file, "%d\n", child) < 0) return 6;
        return fclose(file) == 0 ? 0 : 6;
    }
    setsid();
    int null = open("/dev/null", O_RDWR);
    for (int descriptor = 0; descriptor < 3; descriptor++) dup2(null, descriptor);
    // What a caller's shell or agent left open would never end otherwise.
    close_range(3, listener - 1, 0);
    close_range(listener + 1, ~0U, 0);
    serve(listener);
}
