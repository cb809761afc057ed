import FleetModel
import FoundationEssentials

/// When hosts may be started: in any of its windows.
public struct MaintenanceSchedule: Sendable, Hashable, Codable {
    /// Never empty.
    public var windows: [MaintenanceWindow]

    /// Whether hosts may be started at that time.
    public func isOpen(at time: Date) -> Bool { windows.contains { $0.isOpen(at: time) } }

    /// When that next changes; nil where it never does.
    public func nextChange(after time: Date) -> Date? {
        let isOpen = isOpen(at: time)
        var time = time
        let end = time + MaintenanceWindow.horizon
        while time < end {
            guard let next = windows.compactMap({ $0.nextChange(after: time) }).min() else { return nil }
            if self.isOpen(at: next) != isOpen { return next }
            time = next
        }
        return nil
    }
}

extension MaintenanceSchedule {
    /// One window, or a list of them. Nil with a finding.
    init?(_ field: Field) {
        guard let items = field.text == nil ? field.items() : [field] else { return nil }
        if items.isEmpty { field.reject("\(field.name) has no window", hint: "no host could ever be started") }
        windows = items.compactMap(\.window)
        guard !windows.isEmpty else { return nil }
    }
}

extension Field {
    fileprivate var window: MaintenanceWindow? {
        guard let text = line(MaintenanceWindow.form)?.text else { return nil }
        do throws(MaintenanceWindow.Mistake) {
            return try MaintenanceWindow(text)
        } catch {
            reject(error.problem, hint: error.hint)
            return nil
        }
    }
}
