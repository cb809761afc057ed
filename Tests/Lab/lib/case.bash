# What a case may use: hosts h1… are up, `fleet` reaches them, and every check is counted.
#
#   check "a sentence that is true" command…     runs it; its output is shown only when it fails
#   eventually SECONDS command…                  until it succeeds; for waits on a condition
#   fails command…                               succeeds when the command does not
#   exits STATUS command…                        succeeds when the command ends with that status
#   coord …                                      the program, in $project, where the coordinator stands
# check, eventually, fails and exits take functions, too. $scratch is a folder that is removed after the case.

fleet() { "$LAB_HOME/fleet" "$@"; }
on() { fleet exec "$@" < /dev/null; }
fails() { ! "$@"; }

exits() {
    local wanted=$1 status=0; shift
    "$@" || status=$?
    [ $status = "$wanted" ] || { echo "expected exit status $wanted, got $status: $*"; return 1; }
}

coord() { (cd "$project" && exec "$LAB_HOME/fleet" lab "$REPOSITORY/bin/coord" "$@" --known-hosts known_hosts); }

make_project() {    # an inventory of the lab's hosts, and the example's checks
    project=$scratch/project
    mkdir -p "$project/checks"
    fleet inventory > "$project/inventory.ini"
    fleet known-hosts > "$project/known_hosts"
    cp "$REPOSITORY/examples/shop/checks/health.sh" "$project/checks/"
}

write_spec() {      # write_spec VERSION [--sick|--dies|--hangs]: that release, and the example's spec for it
    "$REPOSITORY/examples/shop/make-release" "$@" "$project/build/shop-$1.tar.gz"
    sed "s/1\.0\.0/$1/g" "$REPOSITORY/examples/shop/rollout.yaml" > "$project/rollout.yaml"
}

all_serve() {       # all_serve VERSION, asked from outside
    local host served
    for host in $(fleet ls | cut -d' ' -f1); do
        served=$(fleet lab curl -s -m 5 "http://$host:8080/version") || served=nothing
        [ "$served" = "$1" ] || { echo "$host serves $served, not $1"; return 1; }
    done
}

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
