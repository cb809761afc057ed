#!/bin/sh
# Runs where coord runs: the part of 100 requests through the balancer that fail. BALANCER is its address.
set -eu
curl -s --max-time 2 -o /dev/null -w '%{http_code}\n' "${BALANCER:-http://192.0.2.1}/?[1-100]" |
    awk '$1 != 200 { failed++ } END { print "error_rate", failed / 100 }'
