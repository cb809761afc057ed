import HostAccess

/// What the installer runs on a host: POSIX sh, with every variable part as an argument, never in the script's text.
enum InstallScripts {
    /// Prints what there is as `key=value` lines; changes nothing and needs no privilege.
    static func probe(_ layout: AgentLayout) -> Command {
        let arguments = [layout.binaryPath, layout.unitPath, layout.unitName, layout.systemdDirectory]
        return Command(["sh", "-c", probeText, "probe"] + arguments)
    }

    /// Puts in place what `work` names, and restarts or only enables the service. Standard input is the binary. Prints
    /// `step=NAME` before each step (``InstallError/Step``), so that the last line tells where it stopped.
    static func install(_ work: Work, layout: AgentLayout, asRoot: Bool) -> Command {
        let arguments = [
            layout.binaryPath, work.binaryDigest ?? "", layout.unitPath, work.unit ?? "", layout.unitName,
            work.restarts ? "restart" : "",
        ]
        return Command(["sh", "-c", installText, "install"] + arguments, asRoot: asRoot)
    }

    /// What is to be done on one host; nil for what is right already.
    struct Work: Equatable {
        var binaryDigest: String?
        var unit: String?
        var restarts: Bool
    }

    private static let probeText = """
        export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
        echo "uid=$(id -u)"
        echo "kernel=$(uname -s)"
        echo "machine=$(uname -m)"
        if [ -d "$4" ]; then echo systemd=yes; fi
        if [ -r "$1" ]; then echo "binary=$(sha256sum <"$1" | cut -c 1-64)"; fi
        if [ -x "$1" ]; then
            echo "version=$(timeout 5 "$1" --version </dev/null 2>/dev/null | head -n 1 | cut -c 1-200)"
        fi
        if [ -r "$2" ]; then echo "unit=$(sha256sum <"$2" | cut -c 1-64)"; fi
        echo "active=$(systemctl is-active "$3" 2>/dev/null | head -n 1)"
        echo "enabled=$(systemctl is-enabled "$3" 2>/dev/null | head -n 1)"
        if [ "$(id -u)" != 0 ]; then
            said=$(sudo -n -- sh -c : 2>&1) && said=
            echo "sudo=$(printf %s "$said" | tail -n 1 | cut -c 1-500)"
        fi
        """

    // The new binary is written beside the old one, so that the last move is a rename(2) on one file system.
    private static let installText = """
        export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
        umask 022
        new="$1.new.$$"
        unit="$3.new.$$"
        trap 'rm -f "$new" "$unit"' EXIT
        trap 'exit 1' HUP INT TERM PIPE
        set -e
        if [ -n "$2" ]; then
            echo step=transfer
            mkdir -p "${1%/*}"
            (umask 077; cat >"$new")
            sum=$(sha256sum <"$new")
            if [ "${sum%% *}" != "$2" ]; then echo "the bytes did not arrive whole" >&2; exit 1; fi
            chmod 755 "$new"
            sync "$new" 2>/dev/null || sync
            echo step=trial
            status=0
            "$new" --version </dev/null >/dev/null 2>&1 || status=$?
            if [ "$status" = 126 ]; then
                echo "it may not be executed: the file system is mounted noexec?" >&2
                exit 1
            fi
            if [ "$status" -gt 126 ]; then echo "it ended with status $status (above 128: signal)" >&2; exit 1; fi
            echo step=place
            mv -f "$new" "$1"
        fi
        echo step=service
        if [ -n "$4" ]; then
            mkdir -p "${3%/*}"
            printf %s "$4" >"$unit"
            sync "$unit" 2>/dev/null || sync
            mv -f "$unit" "$3"
            systemctl daemon-reload
        fi
        systemctl enable "$5" 2>/dev/null || systemctl enable "$5"
        if [ -n "$6" ] && ! systemctl restart "$5"; then
            systemctl status --no-pager --full "$5" 2>&1 | tail -n 12 >&2
            exit 1
        fi
        echo step=done
        """
}
