import FleetModel
import Foundation
import RolloutEngine

/// Who runs this program, for the history and for others who wait: `ann@laptop`.
let operatorName = "\(NSUserName())@\(ProcessInfo.processInfo.hostName)"

/// A new rollout's name: the moment it began (UTC) and four random hexadecimal digits.
func newRolloutID(now: Date = Date()) -> RolloutID {
    let stamp = now.formatted(
        Date.ISO8601FormatStyle().year().month().day().dateTimeSeparator(.standard).time(
            includingFractionalSeconds: false))
    let digits = stamp.filter(\.isNumber)
    let suffix = String(UInt16.random(in: .min ... .max), radix: 16)
    let padding = String(repeating: "0", count: 4 - suffix.count)
    guard let id = RolloutID("\(digits)-\(padding)\(suffix)") else { preconditionFailure("digits make a valid name") }
    return id
}
