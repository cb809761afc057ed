#pragma once
#include <libssh2.h>
#include <malloc.h>
#include <spawn.h>

// libssh2_session_callback_set takes `void *`, which Swift cannot make from a function pointer without a cast.

static inline void coord_set_receive(LIBSSH2_SESSION *session, LIBSSH2_RECV_FUNC((*callback))) {
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_RECV, (void *)callback);
}

static inline void coord_set_send(LIBSSH2_SESSION *session, LIBSSH2_SEND_FUNC((*callback))) {
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_SEND, (void *)callback);
}

static inline void coord_set_disconnect(LIBSSH2_SESSION *session, LIBSSH2_DISCONNECT_FUNC((*callback))) {
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_DISCONNECT, (void *)callback);
}

// glibc 2.34 has it, and shows it only to those who define _GNU_SOURCE before all else, which Swift's importer does not.
// Our sockets are NIO's, which are inherited unless somebody closes them.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
