import HostAccess

/// What takes an agent off a host: its service, its binary, and what it kept. Not the releases, and not the services.
enum UninstallScript {
    /// Prints what it found and what is left; does nothing while a rollout holds a service, unless `isForced`.
    static func command(_ layout: AgentLayout, isForced: Bool, asRoot: Bool) -> Command {
        HostScript.command("uninstall", text, [isForced ? "force" : ""], layout: layout, asRoot: asRoot)
    }

    private static let text = """
        force=$1
        find_supervisor
        echo; echo \(ScriptReport.beginning)
        trap 'echo \(ScriptReport.end)' EXIT
        echo "uid=$(id -u)"
        if [ "$scope" = system ] && [ "$(id -u)" != 0 ]; then exit; fi
        tab=$(printf '\\t')
        # An agent that is broken, or too old to be asked, is held by nobody.
        services=$(timeout 10 "$binary" services --state "$state" 2>/dev/null </dev/null | sed 's/^/service=/')
        if [ -n "$services" ]; then printf '%s\\n' "$services"; fi
        if [ -z "$force" ]; then
            case $services in *"$tab"*"$tab"*) exit ;; esac
        fi
        for path in "$binary" "$unit" "$sv" "$state"; do
            if [ -n "$path" ] && [ -e "$path" ]; then echo found=yes; fi
        done
        if [ "$supervisor" = systemd ]; then
            ctl disable --now "$name" 2>/dev/null || ctl stop "$name" 2>/dev/null
            rm -f "$unit" "${unit%/*}"/*.wants/"$name"
            ctl daemon-reload 2>/dev/null
            ctl reset-failed "$name" 2>/dev/null
        fi
        if [ -n "$sv" ] && [ -d "$sv" ]; then
            for link in "$scan/${sv##*/}" "/etc/service/${sv##*/}" "/var/service/${sv##*/}"; do
                if [ -L "$link" ]; then rm -f "$link"; fi
            done
            sv -w 15 force-shutdown "$sv" >/dev/null 2>&1
            rm -rf "$sv" "$logs"
        fi
        stop_unsupervised
        made=$(sort -r "$state/made" 2>/dev/null)
        if [ -e "$state/enabled-linger" ]; then
            # Without it, the user's other services would end with his last session.
            others=$(ctl list-units --plain --no-legend --type=service --state=running 2>/dev/null |
                grep -v -e '^dbus' -e "^$name")
            for link in "${unit%/*}"/*.wants/*; do if [ -L "$link" ]; then others=$link; fi; done
            if [ -z "$others" ]; then loginctl --no-ask-password disable-linger; else echo kept=linger; fi
        fi
        rm -f "$binary" "$binary".new.* "$unit.new"
        rm -rf "$state" "$runtime"
        printf '%s\\n' "$made" | while read -r directory; do
            if [ -n "$directory" ]; then rmdir "$directory" 2>/dev/null; fi
        done
        for path in "$binary" "$unit" "$sv" "$state" "$runtime"; do
            if [ -n "$path" ] && [ -e "$path" ]; then echo "left=$path"; fi
        done
        """
}
