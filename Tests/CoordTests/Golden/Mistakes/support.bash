# What the commands of every case may use. All it starts and writes ends with the case.
#
#   serve PORT [OPTION…]     an sshd on loopback with that option of sshd_config(5); its key is known, ours is accepted
#   listen PORT TEXT         something that is no sshd: says TEXT and ends
#   agent                    an ssh-agent(1) of our own, empty

started=()
# Whatever signals are blocked here, and inherited: ssh-agent(1) would stay.
trap 'for process in "${started[@]}"; do kill -KILL "$process"; done 2> /dev/null' EXIT

make_key() { ssh-keygen -q -C test -N '' "$@"; }

serve() {
    local port=$1 option configuration; shift
    mkdir -p -m 700 .ssh
    [ -e .ssh/id_ed25519 ] || make_key -t ed25519 -f .ssh/id_ed25519
    [ -e .ssh/authorized_keys ] || cp .ssh/id_ed25519.pub .ssh/authorized_keys
    configuration="$PWD/sshd-$port"
    # The first value of a keyword counts. bash reads ~/.bashrc of the user who runs the tests at SHLVL 1.
    for option in "$@" "Port $port" "ListenAddress 127.0.0.1" "AuthorizedKeysFile $PWD/.ssh/authorized_keys" \
        "StrictModes no" "UsePAM no" "PidFile none" "PermitRootLogin yes" "PasswordAuthentication no" \
        "KbdInteractiveAuthentication no" "SetEnv SHLVL=2" "HostKey $configuration.key"; do
        echo "$option"
    done > "$configuration"
    [ -e "$configuration.key" ] || make_key -t ed25519 -f "$configuration.key"
    echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$configuration.key.pub")" >> .ssh/known_hosts
    [ "$(id -u)" != 0 ] || mkdir -p /run/sshd     # sshd as root insists on its privilege separation directory
    /usr/sbin/sshd -D -E "$configuration.log" -f "$configuration" &
    started+=($!)
    await_listener "$port" || cat "$configuration.log"
}

listen() {
    python3 -c '
import contextlib, socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    # All that is sent is read, so that the peer sees the end and no reset.
    with server.accept()[0] as peer, contextlib.suppress(OSError):
        peer.sendall(sys.argv[2].encode())
        peer.shutdown(socket.SHUT_WR)
        while peer.recv(4096): pass' "$1" "$2" &
    started+=($!)
    await_listener "$1"
}

await_listener() {
    local deadline=$((SECONDS + 20))
    until (: < "/dev/tcp/127.0.0.1/$1") 2> /dev/null; do
        [ $SECONDS -lt $deadline ] || { echo "nothing listens on port $1"; return 1; }
        sleep 0.02
    done
}

agent() {
    eval "$(ssh-agent -s -a "$PWD/agent")" > /dev/null
    started+=("$SSH_AGENT_PID")
}
