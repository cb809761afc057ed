#!/bin/sh
# Runs on the host: healthy when the process that answers is the release that `current` points at, not the one before.
set -eu
answered=$(curl -fsS --max-time 2 http://127.0.0.1:8080/version)
installed=$(cat /opt/shop/current/VERSION)
[ "$answered" = "$installed" ] || { echo "running $answered, installed $installed" >&2; exit 1; }
