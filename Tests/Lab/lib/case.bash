# What a case may use: hosts h1… are up, `fleet` reaches them, and every check is counted.
#
#   check "a sentence that is true" command…     runs it; its output is shown only when it fails
#   eventually SECONDS command…                  until it succeeds; for waits on a condition
#   fails command…                               succeeds when the command does not
#   scratch                                      a folder that is removed after the case
# check, eventually and fails take functions, too.

fleet() { "$LAB_HOME/fleet" "$@"; }
on() { fleet exec "$@" < /dev/null; }
fails() { ! "$@"; }

eventually() {
    local deadline=$((SECONDS + $1)); shift
    until "$@"; do
        [ $SECONDS -lt $deadline ] || { echo "still not so: $*"; return 1; }
        sleep 0.1
    done
}

check() {
    local sentence=$1 began=${EPOCHREALTIME/./} verdict=ok; shift
    # A shell of its own, so that `set -e` holds inside whatever the caller's context is.
    ( set -e; "$@" ) > "$scratch/output" 2>&1 &
    wait $! || verdict=FAILED
    printf '%-6s %6d ms  %s: %s\n' $verdict $(((${EPOCHREALTIME/./} - began) / 1000)) "$case_name" "$sentence"
    [ $verdict = ok ] || tail -n 20 "$scratch/output" | sed 's/^/       | /'
    echo $verdict >> "$LAB_RESULTS"
}

case_name=$(basename "$0" .case)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
