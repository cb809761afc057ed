import Reporting
import Testing

@Suite struct RedrawnAreaTests {
    @Test func `each drawing stands where the one before stood, also when lines have wrapped meanwhile`() {
        var area = RedrawnArea()
        #expect(area.isEmpty)
        #expect(area.text(drawing: ["12345678", "b"], columns: 10) == "12345678\u{1B}[K\nb\u{1B}[K\n\u{1B}[J")
        // In four columns the first line takes two rows, so the cursor goes up three.
        #expect(area.text(drawing: ["x"], below: ["told"], columns: 4).hasPrefix("\r\u{1B}[3Atold\u{1B}[K\nx"))
        #expect(area.text(drawing: [], columns: 80) == "\r\u{1B}[1A\u{1B}[J")
        #expect(area.isEmpty)
    }

    @Test func `a line that is wider than the terminal is cut, and does not wrap`() {
        var area = RedrawnArea()
        #expect(area.text(drawing: ["123456789"], columns: 5) == "123…\u{1B}[K\n\u{1B}[J")
    }
}
