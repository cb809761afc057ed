/// Lines at the bottom of a terminal that are drawn again and again, each time over the ones before.
public struct RedrawnArea: Sendable {
    /// The columns that each line takes on the screen now.
    private var drawnWidths: [Int] = []

    public init() {}

    /// Nothing of it is on the screen.
    public var isEmpty: Bool { drawnWidths.isEmpty }

    /// What to write so that `lines` stand where the ones before stood: one text, each line over the old one
    /// (ECMA-48 CUU, EL, ED), so that nothing flickers.
    /// - Parameters:
    ///   - lines: cut where they are wider than the terminal.
    ///   - passing: lines that are printed above them and scroll away.
    ///   - columns: of the terminal as it is now. One that has become narrower has wrapped the lines before.
    public mutating func text(drawing lines: [String], below passing: [String] = [], columns: Int) -> String {
        let lines = lines.map { $0.clipped(to: max(1, columns - 1)) }
        let up = drawnWidths.reduce(0) { $0 + max(1, ($1 + columns - 1) / max(1, columns)) }
        drawnWidths = lines.map(\.columnCount)
        return (up > 0 ? "\r\u{1B}[\(up)A" : "") + (passing + lines).map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
    }
}
