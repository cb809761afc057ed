import ArgumentParser
import FleetModel

/// `60s`, `1h30m`
func timeSpan(_ text: String) throws -> Duration {
    guard let duration = Duration(spoken: text), duration > .zero else {
        throw ValidationError("'\(text.printable())' is no time such as 500ms, 30s, 5m or 1h30m")
    }
    return duration
}

/// `3`, `25%`
func share(_ text: String) throws -> Share {
    guard let share = Share(text), share != .count(0), share != .percent(0) else {
        throw ValidationError(
            "'\(text.printable())' is no number of hosts, such as 3, and no part of them, such as 25%")
    }
    return share
}
