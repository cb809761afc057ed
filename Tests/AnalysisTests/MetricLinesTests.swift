import Analysis
import FleetModel
import Testing

@Suite struct MetricLinesTests {
    @Test func `names and values are read, comments and empty lines are not`() throws {
        let lines = try MetricLines("# HELP\nerror_rate 0.002\r\n\n  p99:ms\t1.5e2  \n".utf8)
        #expect(lines.values == ["error_rate": 0.002, "p99:ms": 150])
        #expect(try lines.value("error_rate") == 0.002)
    }

    @Test func `a host that is called by its address is a name, too`() throws {
        let lines = try MetricLines("10.0.0.7 0.5\n2001:db8::7 0.25\n".utf8)
        #expect(lines.values == ["10.0.0.7": 0.5, "2001:db8::7": 0.25])
    }

    @Test(arguments: [
        "error_rate nan", "error_rate inf", "error_rate 1e999", "error_rate 0x10", "error_rate", "a b 1",
        "1 error_rate",
        "rate{code=\"5\"} 1", "a 1\na 2", "a,1", "ä 1", "\u{0}\u{0} 1",
    ])
    func `what is no metric is refused with its line`(text: String) {
        #expect { try MetricLines(("ok 1\n" + text).utf8) } throws: { error in
            (error as? Diagnostic)?.problem.hasPrefix("line ") == true
        }
    }

    @Test func `bytes that are no text are refused and don't crash it`() {
        #expect(throws: Diagnostic.self) { try MetricLines([0xFF, 0x20, 0x31]) }
    }

    @Test func `more than a script may print is refused`() {
        #expect(throws: Diagnostic.self) {
            try MetricLines([UInt8](repeating: UInt8(ascii: "\n"), count: MetricLines.maximumBytes + 1))
        }
        let many = (0...MetricLines.maximumMetrics).map { "m\($0) 1" }.joined(separator: "\n")
        #expect(throws: Diagnostic.self) { try MetricLines(many.utf8) }
    }

    @Test func `the metric asked for is there, or the nearest is named`() throws {
        let lines = try MetricLines("error_rate 1\nlatency 2".utf8)
        #expect { try lines.value("eror_rate") } throws: {
            ($0 as? Diagnostic)?.problem == "the script printed no 'eror_rate'; did you mean 'error_rate'?"
        }
        #expect { try lines.value(nil) } throws: { ($0 as? Diagnostic)?.hint?.contains("value:") == true }
        #expect { try MetricLines("\n".utf8).value(nil) } throws: {
            ($0 as? Diagnostic)?.problem == "the script printed no metric"
        }
        #expect(try MetricLines("latency 2\n".utf8).value(nil) == 2)
    }
}
