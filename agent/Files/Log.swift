import Glibc

/// Lines for the system's journal, on standard error.
enum Log {
    static func write(_ text: String) {
        var line = Array("coord-agent: ".utf8)
        // Names and outputs come from elsewhere: a control character could forge lines or drive a terminal.
        line += text.utf8.prefix(1000).map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
        line.append(UInt8(ascii: "\n"))
        // A log that cannot be written has nowhere to report it.
        _ = Glibc.write(STDERR_FILENO, line, line.count)
    }
}
