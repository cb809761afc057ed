import RolloutEngine

/// A bar for one batch: healthy, in flight, staged, failed, each in proportion.
struct ProgressBar {
    private let healthy: Int
    private let busy: Int
    private let staged: Int
    private let failed: Int
    private let restored: Int
    private let total: Int
    private let width: Int

    init(of hosts: [HostProgress], width: Int) {
        total = hosts.count
        healthy = hosts.count { $0.phase == .healthy }
        busy = hosts.count { [.activating, .watching, .reverting, .watchingReverted].contains($0.phase) }
        staged = hosts.count { $0.phase == .staged }
        failed = hosts.count { $0.phase == .failed || $0.phase == .stuck }
        restored = hosts.count { $0.phase == .reverted }
        self.width = width
    }

    /// `[████▒▒··!!]`
    var text: String {
        guard total > 0 else { return "[" + String(repeating: " ", count: width) + "]" }
        var bar = ""
        for (character, count) in [("█", healthy), ("↺", restored), ("▒", busy), ("·", staged)] {
            bar += String(repeating: character, count: count * width / total)
        }
        let marks = failed == 0 ? 0 : max(1, failed * width / total)
        bar = String(bar.prefix(width - marks))
        return "[" + bar.padded(to: width - marks) + String(repeating: "!", count: marks) + "]"
    }

    /// `3/10 healthy, 1 failed`
    var legend: String {
        var parts = ["\(healthy)/\(total) healthy"]
        for (count, word) in [(busy, "in flight"), (failed, "failed"), (restored, "rolled back")] where count > 0 {
            parts.append("\(count) \(word)")
        }
        return parts.joined(separator: ", ")
    }
}
