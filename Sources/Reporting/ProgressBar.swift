import RolloutEngine

/// A bar for one batch: healthy, rolled back, in flight, staged, failed, each in proportion.
struct ProgressBar {
    private let healthy: Int
    private let restored: Int
    private let busy: Int
    private let staged: Int
    private let failed: Int
    private let total: Int
    private let width: Int

    private static let busyPhases: Set<HostProgress.Phase> = [
        .draining, .activating, .watching, .admitting, .drainingBack, .reverting, .watchingReverted, .readmitting,
    ]

    init(of hosts: [HostProgress], width: Int) {
        total = hosts.count
        healthy = hosts.count { $0.phase == .healthy }
        busy = hosts.count { Self.busyPhases.contains($0.phase) }
        staged = hosts.count { $0.phase == .staged }
        failed = hosts.count { $0.phase == .failed || $0.phase == .stuck }
        restored = hosts.count { $0.phase == .reverted }
        self.width = width
    }

    /// `[████<<▒▒··  !!]`; what failed shows, however few.
    func text(_ style: Style) -> String {
        let marks = failed == 0 ? 0 : max(1, failed * width / max(1, total))
        var (hosts, columns) = (0, 0)
        var bar = "["
        let parts: [(String, Style.Tone, Int)] = [
            ("█", .good, healthy), ("<", .warning, restored), ("▒", .normal, busy), ("·", .faint, staged),
        ]
        for (character, tone, count) in parts where count > 0 {
            hosts += count
            let end = min(width - marks, hosts * width / max(1, total))
            bar += style(String(repeating: character, count: max(0, end - columns)), tone)
            columns = max(columns, end)
        }
        bar += String(repeating: " ", count: width - marks - columns)
        return bar + style(String(repeating: "!", count: marks), .bad) + "]"
    }

    /// `3/10 healthy, 1 failed`; on the way back `3/10 rolled back, 1 in flight`.
    var legend: String {
        let isGoingBack = restored > 0 && healthy == 0
        var parts = [isGoingBack ? "\(restored)/\(total) rolled back" : "\(healthy)/\(total) healthy"]
        let others = [(busy, "in flight"), (failed, "failed"), (isGoingBack ? 0 : restored, "rolled back")]
        for (count, word) in others where count > 0 {
            parts.append("\(count) \(word)")
        }
        return parts.joined(separator: ", ")
    }
}
