import Foundation
import Testing

/// What is printed of each mistake, to the letter: the problem, the place, the remedy.
/// The transcripts lie in Golden/Mistakes.
@Suite struct MistakeTranscriptTests {
    @Test(arguments: try Mistake.all(in: "command-line.txt"))
    func `a mistake on the command line`(mistake: Mistake) async throws { try await expect(mistake) }

    @Test(arguments: try Mistake.all(in: "inventory.txt"))
    func `a mistake in an inventory`(mistake: Mistake) async throws { try await expect(mistake) }

    @Test(arguments: try Mistake.all(in: "ssh-config.txt"))
    func `a mistake in ssh's configuration`(mistake: Mistake) async throws { try await expect(mistake) }

    @Test(arguments: try Mistake.all(in: "spec.txt"))
    func `a mistake in a spec, or in what it names`(mistake: Mistake) async throws { try await expect(mistake) }

    @Test(arguments: try Mistake.all(in: "strategy.txt"))
    func `a mistake in a spec's strategy, or in what goes with it`(mistake: Mistake) async throws {
        try await expect(mistake)
    }

    @Test(arguments: try Mistake.all(in: "keys.txt"))
    func `a mistake with keys, ssh-agent or known_hosts`(mistake: Mistake) async throws { try await expect(mistake) }

    @Test(arguments: try Mistake.all(in: "network.txt"))
    func `a mistake between here and the host`(mistake: Mistake) async throws { try await expect(mistake) }

    @Test(arguments: try Mistake.all(in: "state.txt"))
    func `a mistake with what was begun before`(mistake: Mistake) async throws { try await expect(mistake) }

    @Test func `there are a hundred mistakes and more, each named once`() throws {
        let transcripts = try FileManager.default.contentsOfDirectory(atPath: Mistake.folder.path)
            .filter { $0.hasSuffix(".txt") }
        let titles = try transcripts.flatMap { try Mistake.all(in: $0) }.map(\.title)
        #expect(titles.count >= 100)
        #expect(Set(titles).count == titles.count)
    }

    private func expect(_ mistake: Mistake) async throws {
        let made = try await MistakeRun(mistake).items()
        for (kept, printed) in zip(mistake.items, made) { #expect(printed.text == kept.text) }
        #expect(made.count == mistake.items.count)
    }
}
