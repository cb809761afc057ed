import Reporting

/// Columns as wide as their widest cell, two spaces apart; the first row is the header.
func textTable(_ rows: [[String]]) -> [String] {
    guard let header = rows.first else { return [] }
    return Table(header: header, rows: rows.dropFirst().map { $0.map { Table.Cell($0) } }).lines()
}
