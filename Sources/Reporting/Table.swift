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
    /// Columns that may be left out, the one that goes first at the beginning.
    private let optional: [Int]

    private static let gap = "  "
    /// Columns of a cell that is cut; less says nothing.
    private static let minimumWidth = 6

    /// Columns are counted from 0.
    /// - Parameters:
    ///   - flexible: those that may be cut where there is no room, the first of them first.
    ///   - optional: those that may be left out where cutting does not make room, the first of them first.
    public init(header: [String], rows: [[Cell]], flexible: [Int] = [], optional: [Int] = []) {
        self.header = header
        self.rows = rows
        self.flexible = flexible
        self.optional = optional
    }

    /// The header and the rows.
    /// - Parameter width: columns of the terminal; nil means as many as it takes.
    public func lines(width: Int? = nil, style: Style = .plain) -> [String] {
        let columns = columns(within: width)
        return [line(header.map { Cell($0, .bold) }, columns, style)] + rows.map { line($0, columns, style) }
    }

    /// Some cell is cut to fit into so many columns.
    public func isCut(width: Int?) -> Bool {
        let whole = columns(within: nil)
        return columns(within: width).contains { $0.width < whole[$0.index].width }
    }

    /// One that is shown.
    private struct Column: Equatable {
        let index: Int
        var width: Int
    }

    private func columns(within limit: Int?) -> [Column] {
        var columns = header.indices.map { index in
            let widest = rows.map { Self.cell($0, index).text.columnCount }.max() ?? 0
            return Column(index: index, width: max(header[index].columnCount, widest))
        }
        guard let limit else { return columns }
        for index in optional where Self.width(of: cut(columns, to: limit)) > limit {
            columns.removeAll { $0.index == index }
        }
        return cut(columns, to: limit)
    }

    private static func width(of columns: [Column]) -> Int {
        columns.reduce(gap.count * max(0, columns.count - 1)) { $0 + $1.width }
    }

    private func cut(_ columns: [Column], to limit: Int) -> [Column] {
        var columns = columns
        for index in flexible {
            let excess = Self.width(of: columns) - limit
            guard excess > 0, let place = columns.firstIndex(where: { $0.index == index }) else { continue }
            let width = columns[place].width
            let minimum = min(width, max(Self.minimumWidth, header[index].columnCount))
            columns[place].width = max(minimum, width - excess)
        }
        return columns
    }

    private func line(_ row: [Cell], _ columns: [Column], _ style: Style) -> String {
        let shown = columns.prefix((columns.lastIndex { !Self.cell(row, $0.index).text.isEmpty } ?? 0) + 1)
        return shown.map { column in
            let cell = Self.cell(row, column.index)
            let text = cell.text.clipped(to: column.width)
            let padding = column == shown.last ? 0 : column.width - text.columnCount
            return style(text, cell.tone) + String(repeating: " ", count: max(0, padding))
        }.joined(separator: Self.gap)
    }

    private static func cell(_ row: [Cell], _ column: Int) -> Cell {
        row.indices.contains(column) ? row[column] : Cell("")
    }
}
