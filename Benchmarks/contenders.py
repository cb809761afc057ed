"""Who is compared: for each, what it needs written beforehand and the command that does the work."""

import os
import subprocess

from fleet import HERE, HTTP_PORT

REQUIREMENTS = {"fabric": "fabric==3.2.3", "ansible": "ansible-core==2.19.14"}
MAXIMUM_PROCESSES = 25  # at once, for the tools that take a process a host: more does not pay on a small machine


def environments(work):
    """Installs what is missing of the Python tools, each in an environment of its own."""
    for name, requirement in REQUIREMENTS.items():
        if not os.path.exists(f"{work}/{name}/installed"):
            subprocess.run(["python3", "-m", "venv", f"{work}/{name}"], check=True)
            subprocess.run([f"{work}/{name}/bin/pip", "-q", "install", requirement], check=True)
            open(f"{work}/{name}/installed", "w").close()


class Contender:
    """Works in `folder`, an empty directory that holds `hosts`, one address a line."""

    def __init__(self, name, command, prepare=lambda job, folder: None):
        self.name, self.command, self.prepare = name, command, prepare


class Job:
    """The workload: `release` in `artifact` to the first `size` hosts, `batch` at a time."""

    def __init__(self, fleet, size, batch, artifact, release, digest):
        self.fleet, self.hosts, self.batch = fleet, fleet.hosts[:size], batch
        self.artifact, self.release, self.digest = artifact, release, digest
        self.parallel = min(batch, MAXIMUM_PROCESSES)

    def environment(self):
        return {
            "SSH_CONFIG": f"{self.fleet.keys}/ssh_config", "ARTIFACT": self.artifact, "RELEASE": self.release,
            "DIGEST": self.digest, "BATCH": str(self.batch), "PARALLEL": str(self.parallel),
            "ANSIBLE_CONFIG": "ansible.cfg", "ANSIBLE_NOCOLOR": "1",
        }


def prepare_coord(job, folder):
    with open(f"{folder}/inventory.ini", "w") as file:
        for host in job.hosts:
            file.write(f"{host.address} ansible_user=root\n")
    everything = job.batch >= len(job.hosts)
    rolling = f"{{rolling: {{stages: [{job.batch}], max_unavailable: {job.batch}}}}}"
    with open(f"{folder}/rollout.yaml", "w") as file:
        file.write(f"""\
service: bench
artifact: {job.artifact}
release: {job.release}
install_dir: /opt/bench
commands: {{start: svc start, stop: svc stop, restart: svc restart, status: svc status}}
health: [{{http: "http://127.0.0.1:{HTTP_PORT}/health", expect: 200}}]
interval: 100ms
min_healthy_time: 0s
strategy: {"recreate" if everything else rolling}
""")


def coord(program, job):
    return [
        program, "rollout", "inventory.ini", "--yes", "--quiet", "--identity", f"{job.fleet.keys}/user",
        "--known-hosts", f"{job.fleet.keys}/known_hosts",
    ]


def prepare_ansible(job, folder):
    with open(f"{folder}/ansible.cfg", "w") as file:
        file.write(f"""\
[defaults]
inventory = hosts
forks = {job.parallel}
interpreter_python = /usr/bin/python3
gathering = explicit
retry_files_enabled = False
[ssh_connection]
pipelining = True
ssh_args = -F {job.fleet.keys}/ssh_config -o ControlMaster=auto -o ControlPersist=60s
control_path_dir = {folder}/control
""")


def ansible(work, job):
    variables = f"batch={job.batch} release={job.release} digest={job.digest} artifact={job.artifact}"
    return [f"{work}/ansible/bin/ansible-playbook", f"{HERE}/peers/ansible.yml", "-e", variables]


def contenders(work, program):
    """In the order in which they run and are reported; ratios are to the first."""
    return [
        Contender("coord", lambda job: coord(program, job), prepare_coord),
        Contender("ssh pipe", lambda job: [f"{HERE}/peers/ssh_pipe.sh"]),
        Contender("Fabric", lambda job: [f"{work}/fabric/bin/python", f"{HERE}/peers/fabric_deploy.py"]),
        Contender("Ansible", lambda job: ansible(work, job), prepare_ansible),
    ]
