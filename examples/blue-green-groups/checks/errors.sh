#!/bin/sh
# Runs where coord runs: the part of 20 requests through the balancer that fail. BALANCER is its address.
set -eu
failed=0
for _ in $(seq 20); do
    curl -fs --max-time 2 -o /dev/null "${BALANCER:-http://192.0.2.1}/" || failed=$((failed + 1))
done
awk -v failed="$failed" 'BEGIN { print "error_rate", failed / 20 }'
