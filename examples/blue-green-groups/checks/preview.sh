#!/bin/sh
# Runs where coord runs: the part of 100 requests through the preview address that fail. PREVIEW is that.
set -eu
curl -s --max-time 2 -o /dev/null -w '%{http_code}\n' "${PREVIEW:-http://192.0.2.1:8000}/?[1-100]" |
    awk '$1 != 200 { failed++ } END { print "error_rate", failed / 100 }'
