import FleetModel
import HostAccess

/// What can be seen of a host with a shell alone, before it has an agent.
struct HostProbe: Equatable {
    /// What is looked for; empty texts where nothing is known of it.
    struct Question {
        var installDirectory = ""
        var stateDirectory: String
        var unit = ""
        var isUserUnit = false
    }

    var installDiskFreeBytes: Int64?
    var stateDiskFreeBytes: Int64?
    /// systemd's ActiveState, `missing` where there is no such unit; nil where there is no systemd.
    var unitState: String?
    var release: String?

    /// Nil unless the output is the probe's. Lines that are no `key=value` are somebody else's: a login shell's
    /// greeting.
    init?(_ output: [UInt8]) {
        let values = Self.values(in: output)
        guard values["end"] == "yes" else { return nil }
        installDiskFreeBytes = Self.bytes(values["install_kib"])
        stateDiskFreeBytes = Self.bytes(values["state_kib"])
        release = values["current"].flatMap { $0.isEmpty ? nil : $0.split(separator: "/").last.map(String.init) }
        switch (values["load"], values["active"]) {
        case ("not-found", _): unitState = "missing"
        case (.some(let load), .some(let active)) where !load.isEmpty: unitState = active
        default: unitState = nil
        }
    }

    /// The host's clock in seconds since 1970-01-01 UTC, from the output of ``clock``.
    static func seconds(in output: [UInt8]) -> Double? {
        guard let text = values(in: output)["clock"] else { return nil }
        // A date(1) without %N, such as busybox's, leaves the directive as it is.
        guard let seconds = Double(text) ?? Double(text.prefix { $0.isNumber }) else { return nil }
        return knownTimes.contains(seconds) ? seconds : nil
    }

    /// Up to the year 9999. A host may say anything, and `Duration` takes neither `inf` nor `1e300`.
    private static let knownTimes = 0.0...253_402_300_799

    private static func values(in output: [UInt8]) -> [Substring: String] {
        var values: [Substring: String] = [:]
        for line in String(decoding: output, as: UTF8.self).printable(maximumBytes: .max).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[parts[0]] = String(parts[1]) }
        }
        return values
    }

    private static func bytes(_ kibibytes: String?) -> Int64? {
        guard let count = kibibytes.flatMap({ Int64($0) }), count >= 0 else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 1024)
        return overflow ? nil : bytes
    }

    /// A command of its own, so that nothing but the way there and back lies between our clocks.
    static let clock = Command(["sh", "-c", #"echo "clock=$(date +%s.%N)""#])

    static func command(_ question: Question) -> Command {
        Command([
            "sh", "-c", text, "probe", question.installDirectory, question.stateDirectory, question.unit,
            question.isUserUnit ? "--user" : "--system",
        ])
    }

    /// `free`: of the file system that the directory is on, or would be. A relative directory is below the home.
    private static let text = """
        export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
        cd
        free() {
            directory=$1
            until [ -d "$directory" ]; do
                case $directory in
                    */*) directory=${directory%/*}; [ -n "$directory" ] || directory=/ ;;
                    *) directory=. ;;
                esac
            done
            df -Pk "$directory" 2>/dev/null | tail -n 1 | { read -r device size used free rest; echo "$free"; }
        }
        if [ -n "$1" ]; then
            echo "install_kib=$(free "$1")"
            echo "current=$(readlink "$1/current")"
        fi
        echo "state_kib=$(free "$2")"
        if [ -n "$3" ]; then
            echo "load=$(systemctl "$4" show -P LoadState "$3" 2>/dev/null)"
            echo "active=$(systemctl "$4" show -P ActiveState "$3" 2>/dev/null)"
        fi
        echo end=yes
        """
}
