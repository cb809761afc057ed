"""Fabric: one ThreadingGroup a batch."""

import os

from fabric import Config, Connection, ThreadingGroup

environment = os.environ
release = environment["RELEASE"]
batch = int(environment["BATCH"])
config = Config(runtime_ssh_path=environment["SSH_CONFIG"])
with open("hosts") as file:
    hosts = file.read().split()

for first in range(0, len(hosts), batch):
    group = ThreadingGroup.from_connections([Connection(host, config=config) for host in hosts[first:first + batch]])
    group.put(environment["ARTIFACT"], remote=f"/opt/bench/incoming/{release}.tar")
    group.run(f"activate {release} {environment['DIGEST']}", hide=True)
    group.close()
