"""measure.py LOG COMMAND… - runs a command and prints, as JSON, its exit status, wall seconds, CPU seconds and peak memory.

The CPU seconds are user and system time of the command and of all that it started, daemons included (ssh's
ControlPersist masters): they become children of this process (PR_SET_CHILD_SUBREAPER, prctl(2)), which ends and reaps
them.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
TIME_LIMIT_SECONDS = 600


def children():
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        return [int(word) for word in file.read().split()]


def end_daemons():
    while left := children():
        for process in left:
            os.kill(process, signal.SIGTERM)
        for process in left:
            os.waitpid(process, 0)


def main():
    log, *command = sys.argv[1:]
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    with open(log, "wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        # An alarm, since wait() with a timeout looks only every 50 ms.
        signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
        signal.alarm(TIME_LIMIT_SECONDS)
        status = process.wait()
        signal.alarm(0)
        wall = time.monotonic() - start
    end_daemons()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({
        "status": status, "wall": wall, "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss / 1024,  # MiB, of the largest process
    }))


main()
