import RolloutEngine
import Testing

@testable import Reporting

/// Whole rollouts as people and programs read them; a change of a word shows as a change of a kept file.
@Suite struct GoldenTests {
    @Test(arguments: Scenario.all.map(\.name)) func `plain lines and the ending stay as they are`(name: String) throws {
        let scenario = try #require(Scenario.all.first { $0.name == name })
        let transcript = Transcript()
        let recording = scenario.play { PlainReporter(write: transcript.write) }
        for line in scenario.endingText(recording, .plain) { transcript.write(line) }
        try GoldenFile(name: "\(name)/plain.txt").expect(transcript.text)
    }

    @Test(arguments: Scenario.all.map(\.name).filter { !$0.hasSuffix("200") })
    func `JSON lines stay as they are`(name: String) throws {
        let scenario = try #require(Scenario.all.first { $0.name == name })
        let transcript = Transcript()
        _ = scenario.play { JSONReporter(write: transcript.write) }
        try GoldenFile(name: "\(name)/events.jsonl").expect(transcript.text)
    }

    @Test(arguments: Scenario.all.map(\.name), [80, 200])
    func `the live view stays as it is`(name: String, columns: Int) throws {
        let scenario = try #require(Scenario.all.first { $0.name == name })
        let transcript = Transcript()
        _ = scenario.play { LiveViewRecorder(columns: columns, style: .plain, to: transcript) }
        try GoldenFile(name: "\(name)/live-\(columns).txt").expect(transcript.text)
    }

    @Test func `colours are the same words, and each is closed`() throws {
        let scenario = try #require(Scenario.all.first { $0.name == "mixed-6" })
        let transcript = Transcript()
        let recording = scenario.play { PlainReporter(style: .coloured, write: transcript.write) }
        for line in scenario.endingText(recording, .coloured) { transcript.write(line) }
        _ = scenario.play { LiveViewRecorder(columns: 80, style: .coloured, to: transcript) }
        for line in transcript.lines where line.contains("\u{1B}") {
            let codes = line.matches(of: /\u{1B}\[([\d;]+)m/).map { String($0.1) }
            #expect(codes.count.isMultiple(of: 2) && codes.enumerated().allSatisfy { ($0 % 2 == 1) == ($1 == "0") })
        }
        try GoldenFile(name: "mixed-6/coloured.txt").expect(transcript.text)
    }

    @Test func `quiet leaves what went wrong`() throws {
        let scenario = try #require(Scenario.all.first { $0.name == "within-budget-6" })
        let transcript = Transcript()
        _ = scenario.play { PlainReporter(isQuiet: true, write: transcript.write) }
        try GoldenFile(name: "within-budget-6/quiet.txt").expect(transcript.text)
    }
}

extension Scenario {
    /// Each script goes on where the one before stopped, with an observer of its own, as after a new start.
    func play(to observer: () -> any RolloutObserver) -> ScriptedRollout.Recording {
        scripts.reduce(ScriptedRollout.Recording()) { $1.play(after: $0, to: observer()) }
    }

    func endingText(_ recording: ScriptedRollout.Recording, _ style: Style) -> [String] {
        guard let ending = recording.ending, let plan = scripts.first?.plan else { return [] }
        return ["=== result"] + EndingText(ending, plan: plan, style: style).lines
    }
}
