import Testing

@testable import Reporting

@Suite struct TextWidthTests {
    @Test(arguments: [
        ("web-07", 6), ("資料庫", 6), ("e\u{301}", 1), ("🚀", 2), ("\u{1B}[31mred\u{1B}[0m", 3), ("한국", 4), ("", 0),
    ])
    func `columns are what a terminal takes`(text: String, columns: Int) {
        #expect(text.columnCount == columns)
    }

    @Test(arguments: [
        ("short", 10, "short"), ("exactly ten", 11, "exactly ten"),
        ("too long for it", 8, "too lon…"),
        ("資料庫連線", 6, "資料…"), ("\u{1B}[31mred alert\u{1B}[0m", 4, "\u{1B}[31mred…\u{1B}[0m"),
    ])
    func `a clipped line keeps within its columns and closes its colours`(text: String, width: Int, clipped: String) {
        #expect(text.clipped(to: width) == clipped)
        #expect(text.clipped(to: width).columnCount <= width)
    }

    @Test func `what a host says cannot leave its line`() {
        #expect("a\tb\r\n\u{1B}[2Jc\u{202E}d".onOneLine == "a b [2Jcd")
        #expect("one\n\n\ttwo\nthree\n".lastLines(2) == ["    two", "three"])
    }
}
