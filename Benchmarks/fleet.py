"""Hosts to deploy to: each is an sshd and an agent with a network and mounts of their own (namespaces(7))."""

import os
import shutil
import signal
import socket
import subprocess
import tarfile
import time

HTTP_PORT = 8080
BRIDGE = "coord-bench"
NETWORK = "198.18"  # of those set aside for benchmarks (RFC 2544)
HERE = os.path.dirname(os.path.abspath(__file__))

SSHD_CONFIG = """\
HostKey {keys}/host_{number}
PidFile {root}/sshd.pid
AuthorizedKeysFile {keys}/authorized_keys
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
MaxStartups 1000
Subsystem sftp internal-sftp
"""

CLIENT_CONFIG = """\
User root
IdentityFile {keys}/user
IdentitiesOnly yes
UserKnownHostsFile {keys}/known_hosts
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking yes
BatchMode yes
LogLevel ERROR
"""

# What is a host's own: where it is inside, and where outside. Mounts go with the last process of the namespace.
MOUNTS = {"/opt": "opt", "/root": "home", "/run": "run", "/var/lib": "lib"}


class Fleet:
    """Made once; every run of a contender begins with `reset` and is checked by `verify`."""

    def __init__(self, work, size, agent):
        self.work, self.keys, self.programs = work, f"{work}/keys", f"{work}/programs"
        self.hosts = [Host(self, number) for number in range(1, size + 1)]
        self._agent = agent

    def start(self):
        roots = f"{self.work}/hosts"
        os.makedirs(roots, exist_ok=True)
        # The hosts' disks are not what is compared.
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "coord-bench", roots], check=True)
        ip(f"link add {BRIDGE} type bridge")
        ip(f"address add {NETWORK}.255.254/16 dev {BRIDGE}")
        ip(f"link set {BRIDGE} up")
        self._install_programs()
        self._make_keys()
        for host in self.hosts:
            host.start()
        for host in self.hosts:
            host.connect()
        for host in self.hosts:
            wait_until(host.answers, f"host {host.number} to start (see {host.root}/*.log)")

    def stop(self):
        for host in self.hosts:
            host.stop()
        ip(f"link delete {BRIDGE}")
        subprocess.run(["umount", "--lazy", f"{self.work}/hosts"], check=True)

    def _install_programs(self):
        os.makedirs(self.programs, exist_ok=True)
        for name in ("svc", "activate"):
            shutil.copy(f"{HERE}/host/{name}", self.programs)
        shutil.copy(self._agent, f"{self.programs}/coord-agent")
        subprocess.run(["cc", "-O2", "-o", f"{self.programs}/httpd", f"{HERE}/host/httpd.c"], check=True)

    def _make_keys(self):
        os.makedirs(self.keys, exist_ok=True)
        for name in ["user"] + [f"host_{host.number}" for host in self.hosts]:
            if not os.path.exists(f"{self.keys}/{name}"):
                command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", f"{self.keys}/{name}"]
                subprocess.run(command, check=True)
        shutil.copy(f"{self.keys}/user.pub", f"{self.keys}/authorized_keys")
        with open(f"{self.keys}/known_hosts", "w") as file:
            for host in self.hosts:
                file.write(f"{host.address} {read(f'{self.keys}/host_{host.number}.pub')}\n")
        with open(f"{self.keys}/ssh_config", "w") as file:
            file.write(CLIENT_CONFIG.format(keys=self.keys))


class Host:
    def __init__(self, fleet, number):
        self.fleet, self.number = fleet, number
        self.address = f"{NETWORK}.{number >> 8}.{number & 255}"
        self.root = f"{fleet.work}/hosts/{number}"
        self.app = f"{self.root}/opt/bench"
        self._namespace = None

    def start(self):
        for folder in list(MOUNTS.values()) + ["run/sshd", "opt/bench"]:
            os.makedirs(f"{self.root}/{folder}")
        with open(f"{self.root}/sshd_config", "w") as file:
            file.write(SSHD_CONFIG.format(keys=self.fleet.keys, root=self.root, number=self.number))
        mounts = "".join(f"mount --bind {self.root}/{outside} {inside}\n" for inside, outside in MOUNTS.items())
        script = f"""set -e
            {mounts} mount --bind {self.fleet.programs} /usr/local/bin
            until ip link set eth0 up 2>/dev/null; do sleep 0.01; done
            ip link set lo up
            ip address add {self.address}/16 dev eth0
            coord-agent run 2>{self.root}/agent.log &
            exec /usr/sbin/sshd -D -f {self.root}/sshd_config -E {self.root}/sshd.log"""
        environment = {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        self._namespace = subprocess.Popen(
            ["unshare", "--mount", "--net", "sh", "-c", script], cwd="/", env=environment, stdin=subprocess.DEVNULL,
            start_new_session=True)

    def connect(self):
        wait_until(self._has_network_namespace, f"the namespaces of host {self.number}")
        ip(f"link add {BRIDGE}-{self.number} master {BRIDGE} up type veth peer name eth0 netns {self._namespace.pid}")

    def _has_network_namespace(self):
        return os.readlink(f"/proc/{self._namespace.pid}/ns/net") != os.readlink("/proc/self/ns/net")

    def answers(self):
        try:
            socket.create_connection((self.address, 22), 1).close()
        except OSError:
            return False
        return os.path.exists(f"{self.root}/run/coord-agent/agent.sock")

    def stop(self):
        if self._namespace is None:
            return
        self._stop_service()
        # The daemons: the server's sessions and the agent's children are in sessions or groups of their own and end
        # with them.
        os.killpg(self._namespace.pid, signal.SIGTERM)
        self._namespace.wait()

    def reset(self, archive, release):
        """As if `release` had been installed by hand and nothing else ever happened."""
        self._stop_service()
        for name in ("releases", "incoming", "shared"):
            shutil.rmtree(f"{self.app}/{name}", ignore_errors=True)
        os.makedirs(f"{self.app}/incoming")
        with tarfile.open(archive) as tar:
            tar.extractall(f"{self.app}/releases/{release}")
        if os.path.islink(f"{self.app}/current"):
            os.remove(f"{self.app}/current")
        os.symlink(f"releases/{release}", f"{self.app}/current")
        enter = ["nsenter", "--mount", "--net", "--target", str(self._namespace.pid)]
        subprocess.run([*enter, "/usr/local/bin/svc", "start"], check=True)

    def _stop_service(self):
        process = read(f"{self.app}/service.pid")
        if process and read(f"/proc/{process}/comm") == "httpd":
            os.kill(int(process), signal.SIGKILL)
            wait_until(lambda: not os.path.exists(f"/proc/{process}/exe"), f"the service of host {self.number} to end")

    def problem(self, release, files):
        """What keeps the host from running `release` with all of its `files`; None where it does."""
        if os.readlink(f"{self.app}/current").rstrip("/").rsplit("/", 1)[-1] != release:
            return f"host {self.number}: current is {os.readlink(f'{self.app}/current')}"
        present = sum(len(names) for _, _, names in os.walk(f"{self.app}/current/"))
        if present < files:
            return f"host {self.number}: {present} of {files} files"
        served = self._served()
        return None if served == release else f"host {self.number}: serves {served}"

    def _served(self):
        try:
            with socket.create_connection((self.address, HTTP_PORT), 2) as connection:
                connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
                return connection.makefile("rb").read().rpartition(b"\n\r\n")[2].decode().strip() or None
        except OSError as error:
            return error


def ip(arguments):
    subprocess.run(["ip", *arguments.split()], check=True)


def read(path):
    try:
        with open(path) as file:
            return file.read().strip()
    except OSError:
        return ""


def wait_until(condition, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.005)
