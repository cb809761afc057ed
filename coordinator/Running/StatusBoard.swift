import FleetModel
import Foundation
import Reporting

/// What `coord status --watch` knows of the hosts now, and what of it is new.
actor StatusBoard {
    private struct Entry {
        var row: StatusRow
        var cells: [Table.Cell]
        var answeredAt: ContinuousClock.Instant
        /// When each cell got what it says; nil for what it said from the beginning.
        var changedAt: [ContinuousClock.Instant?]
    }

    private let subjects: [StatusSubject]
    /// After that a host counts as silent, and a change as old.
    private let patience: Duration
    private let clock = ContinuousClock()
    private var entries: [StatusSubject: Entry] = [:]
    private var printed: [String] = []

    init(subjects: [StatusSubject], patience: Duration) {
        self.subjects = subjects
        self.patience = patience
    }

    private var noun: String { subjects.first?.instance == nil ? "host" : "instance" }

    /// True where something that is shown has changed.
    func take(_ row: StatusRow, of subject: StatusSubject) -> Bool {
        let cells = row.cells
        let before = entries[subject]
        let changedAt = cells.indices.map { index -> ContinuousClock.Instant? in
            guard let before else { return nil }
            return before.cells[index] == cells[index] ? before.changedAt[index] : clock.now
        }
        entries[subject] = Entry(row: row, cells: cells, answeredAt: clock.now, changedAt: changedAt)
        return before?.cells != cells
    }

    /// A heading and the table, as much of it as fits; hosts that are not well first where not all do.
    func screen(columns: Int, rows: Int, every interval: Duration, style: Style) -> [String] {
        let answered = subjects.compactMap { entries[$0] }
        let well = answered.count(where: \.row.isWell)
        let heading =
            "\(well) of \(counted(subjects.count, noun)) in service; Ctrl-C ends; asked every \(interval.spoken), "
            + Date().formatted(.iso8601)
        // The heading, the table's own, and the line that the cursor is on.
        let room = max(1, rows - 3)
        var shown = subjects
        var rest: [String] = []
        if subjects.count > room {
            let sick = subjects.filter { entries[$0]?.row.isWell != true }
            let order = sick + subjects.filter { entries[$0]?.row.isWell == true }
            shown = Array(order.prefix(room - 1))
            rest = ["… and \(counted(subjects.count - shown.count, noun)) more"]
        }
        let table = StatusRow.table(shown.map(cells))
        return [style(heading, .bold)] + table.lines(width: max(20, columns - 1), style: style) + rest
    }

    /// The table where it says something else than the one before, once every host has answered; nothing otherwise.
    func changedTable() -> [String] {
        guard entries.count == subjects.count else { return [] }
        let lines = StatusRow.table(subjects.compactMap { entries[$0]?.cells }).lines()
        guard lines != printed else { return [] }
        let gap = printed.isEmpty ? [] : [""]
        printed = lines
        return gap + ["at \(Date().formatted(.iso8601))"] + lines
    }

    private func cells(of subject: StatusSubject) -> [Table.Cell] {
        guard let entry = entries[subject] else {
            return [Table.Cell(subject.label, .faint)] + Array(repeating: Table.Cell("-", .faint), count: 4)
                + [Table.Cell("not answered yet", .faint)]
        }
        var cells = entry.cells
        for (index, changedAt) in entry.changedAt.enumerated() {
            if let changedAt, clock.now - changedAt < patience { cells[index].tone = .changed }
        }
        let silence = clock.now - entry.answeredAt
        if silence > patience, entry.row.problem == nil {
            let seconds = Duration.seconds(silence.components.seconds)
            cells[cells.count - 1] = Table.Cell("no answer for \(seconds.spoken)", .warning)
        }
        return cells
    }
}
