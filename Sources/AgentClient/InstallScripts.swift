import HostAccess

/// What the installer runs on a host.
enum InstallScripts {
    /// Prints what there is; changes nothing.
    static func probe(_ layout: AgentLayout, asRoot: Bool) -> Command {
        HostScript.command("probe", probeText, [], layout: layout, asRoot: asRoot)
    }

    /// Puts in place what `work` names, and restarts or only enables the service. Standard input is the binary. Prints
    /// `coord-step=NAME` before each step (``InstallError/Step``), so that the last line tells where it stopped.
    static func install(_ work: Work, layout: AgentLayout, asRoot: Bool) -> Command {
        let arguments = [
            work.supervisor.rawValue, work.scanDirectory, work.binaryDigest ?? "", work.restarts ? "restart" : "",
        ]
        return HostScript.command(
            "install", installText, arguments + work.serviceFiles, layout: layout, asRoot: asRoot)
    }

    /// What is to be done on one host; nil for what is right already.
    struct Work: Equatable {
        var supervisor: Supervisor
        /// Where runit's runsvdir looks.
        var scanDirectory: String
        var binaryDigest: String?
        /// The unit; or runit's `run` and `log/run`; none where they are right already.
        var serviceFiles: [String] = []
        var restarts: Bool
    }

    private static let probeText = """
        find_supervisor
        echo; echo \(ScriptReport.beginning)
        echo "uid=$(id -u)"
        echo "kernel=$(uname -s)"
        echo "machine=$(uname -m)"
        echo "supervisor=$supervisor"
        echo "scan=$scan"
        if [ -r "$binary" ]; then echo "binary=$(sha256sum <"$binary" | cut -c 1-64)"; fi
        if [ -x "$binary" ]; then
            echo "version=$(timeout 5 "$binary" --version </dev/null 2>/dev/null | head -n 1 | cut -c 1-200)"
        fi
        digest() { if [ -r "$1" ]; then echo "service=$(cat "$@" | sha256sum | cut -c 1-64)"; fi; }
        case $supervisor in
            systemd)
                digest "$unit"
                if [ "$(ctl is-active "$name" 2>/dev/null)" = active ]; then echo active=yes; fi
                if [ "$(ctl is-enabled "$name" 2>/dev/null)" = enabled ]; then
                    if [ "$scope" = system ] || [ -e "/var/lib/systemd/linger/$user" ]; then echo enabled=yes; fi
                fi ;;
            runit)
                digest "$sv/run" "$sv/log/run"
                case $(sv status "$sv" 2>/dev/null) in run:*) echo active=yes ;; esac
                if [ "$scan/${sv##*/}" -ef "$sv" ]; then echo enabled=yes; fi ;;
            none)
                echo active=yes
                if [ -e "$state/start-on-attach" ]; then echo enabled=yes; fi ;;
        esac
        echo \(ScriptReport.end)
        """

    // The new binary is written beside the old one, so that the last move is a rename(2) on one file system.
    private static let installText = """
        supervisor=$1 scan=$2 digest=$3 restart=$4
        shift 4
        new=$binary.new.$$
        trap 'rm -f "$new" "$unit.new" "$sv/run.new" "$sv/log/run.new"' EXIT
        trap 'exit 1' HUP INT TERM PIPE
        set -e
        step() { echo; echo "coord-step=$1"; }
        # What did not exist before is remembered, for the day of the uninstallation.
        made=
        make() {
            if [ -z "$1" ] || [ -d "$1" ]; then return 0; fi
            make "${1%/*}"
            mkdir "$1"
            made="$made$1
        "
            if [ -d "$state" ]; then printf %s "$made" >>"$state/made"; made=; fi
        }
        put() {
            printf %s "$3" >"$1.new"
            chmod "$2" "$1.new"
            sync "$1.new" 2>/dev/null || sync
            mv -f "$1.new" "$1"
            keep "${1%/*}"
        }
        # A name in a directory outlives a loss of power only once the directory is synced.
        keep() { sync "$1" 2>/dev/null || sync; }
        lingers=
        if [ "$supervisor" = systemd ] && [ "$scope" = user ]; then
            \(linger)
        fi
        step transfer
        make "$state"
        chmod 700 "$state"
        if [ -n "$lingers" ]; then : >"$state/enabled-linger"; fi
        make "${binary%/*}"
        if [ -n "$digest" ]; then
            (umask 077; cat >"$new")
            sum=$(sha256sum <"$new")
            if [ "${sum%% *}" != "$digest" ]; then echo "the bytes did not arrive whole" >&2; exit 1; fi
            chmod 755 "$new"
            sync "$new" 2>/dev/null || sync
            step trial
            status=0
            "$new" --version </dev/null >/dev/null 2>&1 || status=$?
            if [ "$status" = 126 ]; then
                echo "it may not be executed: the file system is mounted noexec?" >&2
                exit 1
            fi
            if [ "$status" -gt 126 ]; then echo "it ended with status $status (above 128: signal)" >&2; exit 1; fi
            step place
            mv -f "$new" "$binary"
            keep "${binary%/*}"
        fi
        if [ "$supervisor" != none ]; then rm -f "$state/start-on-attach"; fi
        case $supervisor in
        \(installUnderSystemd)
        \(installUnderRunit)
        none)
            step service
            : >"$state/start-on-attach"
            if [ -n "$restart" ]; then stop_unsupervised; fi ;;
        esac
        step done
        """

    /// The user's service manager must run without him being logged in.
    private static let linger = """
        step linger
        if [ ! -e "/var/lib/systemd/linger/$user" ]; then
            loginctl --no-ask-password enable-linger
            lingers=now
        fi
        tries=0
        until ctl show --property=Version >/dev/null 2>&1; do
            tries=$((tries + 1))
            if [ $tries = 50 ]; then ctl show --property=Version; exit 1; fi
            sleep 0.2
        done
        """

    private static let installUnderSystemd = """
        systemd)
            step service
            make "$wants"
            if [ $# -gt 0 ]; then
                put "$unit" 644 "$1"
                ctl daemon-reload
            fi
            ctl enable "$name" 2>/dev/null || ctl enable "$name"
            keep "$wants"
            if [ -n "$restart" ] && ! ctl restart "$name"; then
                ctl status --no-pager --full "$name" 2>&1 | tail -n 12 >&2
                exit 1
            fi ;;
        """

    // runsvdir looks for new services every five seconds (runsvdir(8)).
    private static let installUnderRunit = """
        runit)
            step service
            make "$sv/log"
            make "$logs"
            if [ $# -gt 0 ]; then
                put "$sv/run" 755 "$1"
                put "$sv/log/run" 755 "$2"
            fi
            link=$scan/${sv##*/}
            if ! [ "$link" -ef "$sv" ]; then ln -s "$sv" "$link"; fi
            tries=0
            until [ -p "$sv/supervise/ok" ]; do
                tries=$((tries + 1))
                if [ $tries = 75 ]; then echo "runsvdir does not take up $link" >&2; exit 1; fi
                sleep 0.2
            done
            rm -f "$sv/down"
            if [ -n "$restart" ] && ! said=$(sv -w 15 restart "$sv" 2>&1); then
                echo "$said" >&2
                exit 1
            fi ;;
        """
}
