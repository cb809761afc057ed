import AgentProtocol
import Foundation
import Testing

@testable import CoordAgent

@Suite struct LedgerTests {
    private let records = [
        LedgerRecord(step: "a", .intended([1, 2, 3])),
        LedgerRecord(step: "a", .foundOrigin("releases/1")),
        LedgerRecord(step: "a", .reached(stage: 2)),
        LedgerRecord(step: "a", .ended(StepResult(ending: .hookFailed, problem: "no", output: [7]))),
    ]

    @Test func `what a crash tears off at any byte leaves every whole record`() {
        let frames = records.map(Ledger.frame)
        let all = frames.flatMap(\.self)
        for length in 0...all.count {
            let ends = frames.indices.map { frames[...$0].joined().count }
            let whole = ends.filter { $0 <= length }.count
            let bytes = whole == 0 ? 0 : ends[whole - 1]
            let (read, wholeBytes) = Ledger.parse(Array(all[..<length]))
            #expect(read == Array(records[..<whole]))
            #expect(wholeBytes == bytes)
        }
    }

    @Test func `a changed bit ends what is believed`() {
        let frames = records.map(Ledger.frame)
        for bit in 0..<frames[1].count * 8 {
            var torn = frames[1]
            torn[bit / 8] ^= 1 << (bit % 8)
            #expect(Ledger.parse(frames[0] + torn).records == [records[0]])
        }
    }

    @Test func `a torn record is cut and the next one is readable`() throws {
        let path = NSTemporaryDirectory() + "ledger-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Ledger.open(path).ledger.append([records[0]])
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(Ledger.frame(records[1]).dropLast()))
        try handle.close()
        try Ledger.open(path).ledger.append([records[2]])
        #expect(try Ledger.open(path).records == [records[0], records[2]])
    }
}
