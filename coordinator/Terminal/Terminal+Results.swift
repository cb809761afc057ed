import Foundation
import Reporting

/// Results on standard output that look different on a terminal.
extension Terminal {
    /// The table, as wide as the terminal has room for.
    func print(_ table: Table, _ output: OutputOptions) {
        table.lines(width: resultWidth, style: output.resultStyle(on: self)).forEach(print)
    }

    var showsResults: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Columns of the terminal that results go to; nil where it is none.
    var resultWidth: Int? { resultSize?.columns }

    /// Columns and rows (ioctl_tty(2), TIOCGWINSZ) of the terminal that results go to; nil where it is none.
    var resultSize: (columns: Int, rows: Int)? {
        guard showsResults else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
