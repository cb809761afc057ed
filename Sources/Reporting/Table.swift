/// A table for a terminal or a pipe: columns as wide as their widest cell, two spaces apart, each row on one line.
public struct Table: Sendable {
    /// One cell: text of any origin, made to fit on one line.
    public struct Cell: Sendable, Hashable {
        /// What it says.
        public var text: String
        /// What its colour says.
        public var tone: Style.Tone

        public init(_ text: String, _ tone: Style.Tone = .normal) {
            self.text = text.onOneLine
            self.tone = tone
        }
    }

    private let header: [String]
    private let rows: [[Cell]]
    /// Columns that may be cut, the one that is cut first at the beginning.
    private let flexible: [Int]

    private static let gap = "  "
    /// Columns of a cell that is cut; less says nothing.
    private static let minimumWidth = 6

    /// - Parameter flexible: the columns that may be cut where there is no room, the first of them first; counted
    ///   from 0.
    public init(header: [String], rows: [[Cell]], flexible: [Int] = []) {
        self.header = header
        self.rows = rows
        self.flexible = flexible
    }

    /// The header and the rows.
    /// - Parameter width: columns of the terminal; nil means as many as it takes.
    public func lines(width: Int? = nil, style: Style = .plain) -> [String] {
        let widths = widths(within: width)
        return [line(header.map { Cell($0, .bold) }, widths, style)] + rows.map { line($0, widths, style) }
    }

    /// Some cell does not fit into so many columns.
    public func isCut(width: Int?) -> Bool { width.map { widths(within: $0) != widths(within: nil) } ?? false }

    private func widths(within limit: Int?) -> [Int] {
        var widths = header.indices.map { column in
            max(header[column].columnCount, rows.map { Self.cell($0, column).text.columnCount }.max() ?? 0)
        }
        guard let limit else { return widths }
        let gaps = Self.gap.count * max(0, header.count - 1)
        for column in flexible where widths.indices.contains(column) {
            let excess = widths.reduce(gaps, +) - limit
            guard excess > 0 else { break }
            let minimum = min(widths[column], max(Self.minimumWidth, header[column].columnCount))
            widths[column] = max(minimum, widths[column] - excess)
        }
        return widths
    }

    private func line(_ row: [Cell], _ widths: [Int], _ style: Style) -> String {
        let last = widths.indices.last { !Self.cell(row, $0).text.isEmpty } ?? 0
        return widths.indices.prefix(last + 1).map { column in
            let cell = Self.cell(row, column)
            let text = cell.text.clipped(to: widths[column])
            let padding = column == last ? 0 : widths[column] - text.columnCount
            return style(text, cell.tone) + String(repeating: " ", count: max(0, padding))
        }.joined(separator: Self.gap)
    }

    private static func cell(_ row: [Cell], _ column: Int) -> Cell {
        row.indices.contains(column) ? row[column] : Cell("")
    }
}
