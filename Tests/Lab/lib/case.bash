# What a case may use: hosts h1… are up, `fleet` reaches them, and every check is counted.
#
#   check "a sentence that is true" command…     runs it; its output is shown only when it fails
#   eventually SECONDS command…                  until it succeeds; for waits on a condition
#   fails command…                               succeeds when the command does not
#   exits STATUS command…                        succeeds when the command ends with that status
#   coord …                                      the program, in $project, where the coordinator stands
#   note TEXT                                    a figure: stands below the sentence, whether it is true or not
# check, eventually, fails and exits take functions, too. $scratch is a folder that is removed after the case.
# COORD_BIN names another folder with coord and coord-agent than the repository's bin/.

fleet() { "$LAB_HOME/fleet" "$@"; }
on() { fleet exec "$@" < /dev/null; }
fails() { ! "$@"; }

exits() {
    local wanted=$1 status=0; shift
    "$@" || status=$?
    [ $status = "$wanted" ] || { echo "expected exit status $wanted, got $status: $*"; return 1; }
}

binaries=${COORD_BIN:-$REPOSITORY/bin}
coord() { (in_project lab "$binaries/coord" "$@"); }
in_project() {      # becomes 'fleet lab …' there; known_hosts is where ssh(1) would look for it, too
    cd "$project"
    HOME=$project exec env --default-signal=INT "$LAB_HOME/fleet" "$@"    # a shell's background ignores SIGINT
}

make_project() {    # an inventory of the lab's hosts, and the example's checks
    mkdir -p "$project/checks" "$project/.ssh"
    fleet inventory > "$project/inventory.ini"
    fleet known-hosts > "$project/.ssh/known_hosts"
    cp "$REPOSITORY/examples/shop/checks/health.sh" "$project/checks/"
}

write_spec() {      # write_spec VERSION [--sick|--dies|--hangs]: that release, and the example's spec for it
    "$REPOSITORY/examples/shop/make-release" "$@" "$project/build/shop-$1.tar.gz"
    sed "s/1\.0\.0/$1/g" "$REPOSITORY/examples/shop/rollout.yaml" > "$project/rollout.yaml"
}

write_quick_spec() {    # the same, but no host is waited for long; set_key changes any of its keys
    "$REPOSITORY/examples/shop/make-release" "$@" "$project/build/shop-$1.tar.gz"
    cat > "$project/rollout.yaml" <<-X
	service: shop
	artifact: build/shop-$1.tar.gz
	release: $1
	health: [{http: "http://127.0.0.1:8080/healthz"}, {script: checks/health.sh}]
	interval: 100ms
	min_healthy_time: 500ms
	healthy_deadline: 5s
	progress_deadline: 1m
	command_timeout: 10s
	strategy: {rolling: {stages: [1, "50%"], max_unavailable: "50%"}}
	X
}

set_key() {         # set_key KEY VALUE, on one line
    sed -i "/^$1:/d" "$project/rollout.yaml"
    echo "$1: $2" >> "$project/rollout.yaml"
}

clear_hosts() {     # nothing of coord or the shop is left, whatever a case before did
    local host
    for host in $(all_hosts); do
        fleet in "$host" sh -c 'systemctl disable -q --now coord-agent 2>/dev/null; systemctl stop shop "shop@*"
            rm -rf /usr/local/bin/coord-agent /etc/systemd/system/coord-agent.service /var/lib/coord-agent /opt/shop/*
            systemctl daemon-reload'
    done
}

begin_with() {      # begin_with VERSION: the agent and that release on all hosts, and nothing else
    make_project
    clear_hosts
    coord install inventory.ini --agent "$binaries/coord-agent" --yes
    write_quick_spec "$1"
    set_key strategy "{recreate: {}}"
    coord rollout inventory.ini --yes
    all_serve "$1"
}

all_hosts() { fleet ls | cut -d' ' -f1; }
all_serve() { serve "$1" $(all_hosts); }

serve() {           # serve VERSION HOST…, asked from outside
    local host version=$1 served; shift
    for host; do
        served=$(fleet lab curl -s -m 5 "http://$host:8080/version") || served=nothing
        [ "$served" = "$version" ] || { echo "$host serves $served, not $version"; return 1; }
    done
}

shop_pids() { local host; for host in $(all_hosts); do fleet in "$host" systemctl show -P MainPID shop; done; }
starts_of() {       # starts_of HOST VERSION: how often it started in this case, by the host's own journal
    fleet in "$1" sh -c "journalctl --sync; journalctl -u shop -o cat --since @$case_began | grep -c '^shop $2 listens'" || :
}

each_started() {    # each_started TIMES VERSION: on every host, by its own journal
    local host
    for host in $(all_hosts); do
        [ "$(starts_of "$host" "$2")" = "$1" ] || { echo "$host started $2 $(starts_of "$host" "$2") times"; return 1; }
    done
}

begin_rollout() {   # begin_rollout [COMMAND…]: 'coord rollout' in the background; its events are read by 'await_event'
    [ $# -gt 0 ] || set -- rollout inventory.ini --yes
    exec {events}< <(in_project lab "$binaries/coord" "$@" --json 2> "$scratch/progress")
    running=$!
}

await_event() {     # await_event PATTERN [SECONDS]: reads events until one matches; none may take longer than 60 s
    local line
    while read -r -t "${2:-60}" line <&"$events"; do [[ $line != *"$1"* ]] || return 0; done
    echo "no event like '$1'"; cat "$scratch/progress"; return 1
}

ends() {            # ends STATUS: the rollout that was begun
    local status=0
    cat <&"$events" > "$scratch/rest"
    wait "$running" || status=$?
    exec {events}<&-
    [ $status = "$1" ] || { echo "expected exit status $1, got $status"; cat "$scratch/progress" "$scratch/rest"; return 1; }
}

note() { echo "$*" >> "$scratch/notes"; }

begin_load() {      # begin_load [OPTION…] URL…: lib/load asks these from now on, until the check ends or 'end_load'
    ( cd / && exec "$LAB_HOME/fleet" lab "$LAB_HOME/lib/load" "$scratch/load" "$@" ) > "$scratch/ready" &
    load=$!
    trap 'kill "$load" 2>/dev/null' EXIT
    eventually 10 grep -q ready "$scratch/ready"
}
end_load() {        # then $scratch/load says who answered, and what failed
    kill "$load"
    wait "$load"
    trap - EXIT
    note "$(head -2 "$scratch/load" | tr '\n' ' ')"
    sed -n '3,12p' "$scratch/load"
    grep '^failure' "$scratch/load" | head -5 || :
}
failed_requests() { sed -n 's/.* failed \([0-9]*\),.*/\1/p' "$scratch/load"; }

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
    [ ! -s "$scratch/notes" ] || sed 's/^/       | /' "$scratch/notes"
    rm -f "$scratch/notes"
    [ $verdict = ok ] || tail -n 20 "$scratch/output" | sed 's/^/       | /'
    echo $verdict >> "$LAB_RESULTS"
}

case_began=$EPOCHSECONDS
case_name=$(basename "$0" .case)
scratch=$(mktemp -d)
project=$scratch/project
trap 'rm -rf "$scratch"' EXIT
