import FleetModel
import RolloutEngine

/// A whole rollout as lines, each with its time. Of many hosts, what several of them do one after the other is one
/// line.
public struct RolloutTimeline {
    private struct Entry {
        var time: Int64
        var narration: Narration
        var names: [String] = []
    }

    private var narrator: Narrator
    private let style: Style
    private let isFolded: Bool
    /// Told, and perhaps joined by more hosts.
    private var open: [Entry] = []
    /// As far as it is told.
    public private(set) var lines: [String] = []

    /// Of more hosts than this, names are folded.
    static let maximumUnfoldedHosts = 12

    /// `engine` is one that has not begun.
    public init(_ engine: RolloutEngine, style: Style = .plain) {
        narrator = Narrator(engine)
        self.style = style
        isFolded = engine.plan.hosts.count > Self.maximumUnfoldedHosts
        lines = [narrator.line(narrator.opening(engine, isResumed: false), style)]
    }

    /// `engine`: as it stands after the event. `time`: milliseconds since the beginning.
    public mutating func take(_ event: Event, _ engine: RolloutEngine, at time: Int64) {
        for narration in narrator.tell(event, engine) { add(narration, at: time) }
    }

    /// Something that no event tells.
    public mutating func note(_ text: String, on host: HostName? = nil, at time: Int64) {
        add(narrator.noted(text, on: host), at: time)
    }

    /// It waits for a person.
    public mutating func wait(_ reason: String, at time: Int64) {
        if let narration = narrator.waiting(reason) { add(narration, at: time) }
    }

    /// It stops, resumable.
    public mutating func suspend(_ suspension: Suspension, at time: Int64) {
        add(narrator.closing(suspension), at: time)
    }

    /// Nothing more follows.
    public mutating func close() {
        for entry in open.sorted(by: { $0.time < $1.time }) {
            let time = RolloutInstant(milliseconds: entry.time).spokenSeconds
            var text = narrator.line(entry.narration, style)
            if entry.names.count > 1 {
                var common = entry.narration
                common.host = nil
                common.text = "\(folded(entry.names)) | \(common.text)"
                text = narrator.line(common, style)
            }
            lines.append("\(time)  \(text)")
        }
        open = []
    }

    private mutating func add(_ narration: Narration, at time: Int64) {
        guard let host = narration.host, isFolded, narration.tone != .bad else {
            close()
            open.append(Entry(time: time, narration: narration))
            close()
            return
        }
        let same = open.firstIndex { $0.narration.text == narration.text && $0.narration.batch == narration.batch }
        if let same {
            open[same].names.append(host.text)
            open[same].time = time
        } else {
            open.append(Entry(time: time, narration: narration, names: [host.text]))
        }
    }
}
