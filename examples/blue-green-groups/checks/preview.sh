#!/bin/sh
# Runs where coord runs: the part of 20 requests through the preview address that fail. PREVIEW is that.
set -eu
failed=0
for _ in $(seq 20); do
    curl -fs --max-time 2 -o /dev/null "${PREVIEW:-http://192.0.2.1:8000}/" || failed=$((failed + 1))
done
awk -v failed="$failed" 'BEGIN { print "error_rate", failed / 20 }'
