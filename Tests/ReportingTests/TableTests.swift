import Reporting
import Testing

@Suite struct TableTests {
    private let table = Table(
        header: ["HOST", "RELEASE", "NOTE"],
        rows: [
            [Table.Cell("web-1.example.net"), Table.Cell("1.4.2"), Table.Cell("")],
            [Table.Cell("db"), Table.Cell("-"), Table.Cell("no answer:\n  connection\trefused\u{1B}[2J")],
        ], flexible: [2, 0])

    @Test func `columns are as wide as their widest cell, and a row is one line whatever a host says`() {
        #expect(
            table.lines() == [
                "HOST               RELEASE  NOTE", "web-1.example.net  1.4.2",
                "db                 -        no answer: connection refused[2J",
            ])
    }

    @Test func `columns that may be cut are, one after the other, until the table fits`() {
        #expect(!table.isCut(width: 60) && table.isCut(width: 59))
        #expect(
            table.lines(width: 40) == [
                "HOST               RELEASE  NOTE", "web-1.example.net  1.4.2",
                "db                 -        no answer: …",
            ])
        #expect(
            table.lines(width: 28) == [
                "HOST         RELEASE  NOTE", "web-1.exam…  1.4.2", "db           -        no an…",
            ])
    }

    @Test func `columns that may be left out go before the table is wider than the terminal`() {
        let table = Table(
            header: ["HOST", "KEY", "NOTE", "CLOCK"],
            rows: [["web-1.example.net", "ok", "a long remark", "+0.1 s"].map { Table.Cell($0) }],
            flexible: [2], optional: [3, 1])
        #expect(table.lines(width: 80).last == "web-1.example.net  ok   a long remark  +0.1 s")
        #expect(table.lines(width: 38).last == "web-1.example.net  ok   a lon…  +0.1 s")
        #expect(table.lines(width: 37).last == "web-1.example.net  ok   a long remark")
        #expect(table.lines(width: 28) == ["HOST               NOTE", "web-1.example.net  a long r…"])
        #expect(!table.isCut(width: 37) && table.isCut(width: 28))
    }

    @Test func `colours take no room`() {
        let plain = Table(header: ["A", "B"], rows: [[Table.Cell("x", .good), Table.Cell("y")]])
        #expect(plain.lines(style: .coloured).last == "\u{1B}[38;5;28mx\u{1B}[0m  y")
    }
}
