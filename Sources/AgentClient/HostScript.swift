import HostAccess

/// A script of ours for a host: POSIX sh, with every variable part as an argument, never in the script's text. It makes
/// no use of /tmp, which may be read-only or noexec, and of here-documents, which some shells keep there.
enum HostScript {
    /// Runs `text` with the layout's parts as shell variables and `arguments` as $1…
    static func command(
        _ name: String, _ text: String, _ arguments: [String], layout: AgentLayout, asRoot: Bool
    ) -> Command {
        let parts = [
            layout.scope.rawValue, layout.binaryPath, layout.unitPath, layout.unitName, layout.stateDirectory,
            layout.runtimeDirectory, layout.runitDirectory, layout.logDirectory, layout.systemdDirectory,
        ]
        return Command(["sh", "-c", prelude + text, name] + parts + arguments, asRoot: asRoot)
    }

    /// Safe under `set -e` where the installer uses it.
    private static let prelude = """
        export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
        umask 022
        cd / || exit
        at() { case $1 in "~/"*) printf %s "$HOME/${1#??}" ;; *) printf %s "$1" ;; esac; }
        scope=$1 binary=$(at "$2") unit=$(at "$3") name=$4 state=$(at "$5") runtime=$6 sv=$7 logs=$8 booted=$9
        shift 9
        if [ "$scope" = user ]; then
            export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"
            export DBUS_SESSION_BUS_ADDRESS="${DBUS_SESSION_BUS_ADDRESS:-unix:path=$XDG_RUNTIME_DIR/bus}"
            runtime=$XDG_RUNTIME_DIR/coord-agent
            wants=${unit%/*}/default.target.wants
            user=$(id -un)
            ctl() { systemctl --user "$@"; }
        else
            wants=${unit%/*}/multi-user.target.wants
            ctl() { systemctl "$@"; }
        fi
        find_supervisor() {
            supervisor=none scan=
            if [ -d "$booted" ]; then supervisor=systemd; return; fi
            if [ -z "$sv" ]; then return; fi
            for process in /proc/[0-9]*; do
                comm=
                read -r comm 2>/dev/null <"$process/comm"
                # That of a container is not this host's, and one that is not root's may be anybody's.
                if [ "$comm" = runsvdir ] && [ -O "$process" ] && [ "$process/root" -ef / ]; then
                    for word in $(tr '\\0' ' ' <"$process/cmdline"); do
                        case $word in
                            */runsvdir) ;;
                            /*) supervisor=runit scan=$word; return ;;
                        esac
                    done
                fi
            done
        }
        stop_unsupervised() {
            if [ ! -s "$state/lock" ]; then return 0; fi
            read -r pid <"$state/lock"
            is_agent() { tr '\\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q '^[^ ]*coord-agent run'; }
            if [ -z "$pid" ] || ! is_agent; then return 0; fi
            kill "$pid" || return 0
            tries=0
            while is_agent; do
                tries=$((tries + 1))
                if [ $tries = 75 ]; then kill -9 "$pid" || return 0; fi
                if [ $tries = 100 ]; then return 1; fi
                sleep 0.2
            done
        }

        """
}
