#!/bin/sh
# Runs on every host after its switch, again and again: exit status 0 is healthy, and what it prints is shown when it
# is not. It should ask what users ask, for example:
#
#   exec curl -fsS --max-time 2 -o /dev/null http://127.0.0.1:8080/healthz
#
# Until then: there is a release, and it can be read. COORD_INSTALL_DIR is the spec's install_dir.
set -eu
ls "$COORD_INSTALL_DIR/current/" > /dev/null
