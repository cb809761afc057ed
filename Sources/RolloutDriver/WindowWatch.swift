import Foundation
import RolloutSpec

/// Tells when the hours begin and end in which hosts may be started, by the clock on the wall.
struct WindowWatch: Sendable {
    let schedule: MaintenanceSchedule

    /// The clock on the wall may be set, so it is looked at more often than at the changes.
    private static let interval: TimeInterval = 15
    /// A change is seen so soon after it.
    private static let resolution: TimeInterval = 0.05

    var isOpen: Bool { schedule.isOpen(at: Date()) }

    /// When that next changes, by the clock of the first window: `2026-11-24 09:00:00 Europe/Berlin`.
    var opening: String? {
        guard let time = schedule.nextChange(after: Date()), let zone = schedule.windows.first?.timeZone else {
            return nil
        }
        let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: zone)
            .year().month().day().time(includingFractionalSeconds: false)
        return "\(time.formatted(style)) \(zone.identifier)"
    }

    /// Calls `changed` at each change from `isOpen` on, until the task is cancelled.
    func run(from isOpen: Bool, _ changed: (Bool) -> Void) async {
        var isOpen = isOpen
        while true {
            let now = Date()
            if schedule.isOpen(at: now) != isOpen {
                isOpen.toggle()
                changed(isOpen)
            }
            let wait = schedule.nextChange(after: now)?.timeIntervalSince(now) ?? Self.interval
            let delay = min(max(wait, 0) + Self.resolution, Self.interval)
            guard (try? await Task.sleep(for: .seconds(delay))) != nil else { return }
        }
    }
}
