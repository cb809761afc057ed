import FleetModel
import FleetOperations
import Foundation
import HostAccess
import Synchronization
import Testing

@Suite struct FleetCommandRunTests {
    private func run(
        _ words: [String] = ["true"], on fleet: FakeFleet, becomes: Bool = false, batch: Share? = nil,
        failsFast: Bool = false, timeout: Duration = .seconds(60)
    ) -> FleetCommandRun {
        FleetCommandRun(
            FleetCommand(words, becomesRoot: becomes), over: fleet, timeout: timeout, batch: batch,
            failsFast: failsFast)
    }

    @Test func `every host is asked once, a limited number at a time, and every connection is closed`() async throws {
        let running = Mutex((now: 0, most: 0))
        let fleet = FakeFleet(run: { host, _, input in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            await Task.yield()
            running.withLock { $0.now -= 1 }
            return .printed("\(host) \(input.count)")
        })
        let told = Told<CommandAnswer>()
        let answers = await run(on: fleet).collect(from: try endpoints(250), input: [1, 2]) { news in
            if case .answered(let answer) = news { told.append(answer) }
        }
        #expect(answers.count == 250 && told.all.count == 250 && answers.allSatisfy(\.succeeded))
        #expect(Set(fleet.connected).count == 250 && fleet.stillOpen == 0)
        #expect(running.withLock(\.most) <= FleetCommandRun.maximumParallel)
        #expect(answers.contains { $0.result == .ran(.printed("h7 2")) })
    }

    @Test func `one word is text for a shell, several are arguments, and root becomes nobody`() async throws {
        let fleet = FakeFleet()
        _ = await run(["df -h | tail"], on: fleet).collect(from: try endpoints(1)) { _ in }
        _ = await run(["echo", "a b", "$HOME"], on: fleet, becomes: true).collect(from: try endpoints(1)) { _ in }
        _ = await run(["id", "-u"], on: fleet, becomes: true).collect(from: try endpoints(1, user: "root")) { _ in }
        #expect(
            fleet.commands.map(\.shellText) == [
                "sh -c 'df -h | tail'", "sudo -n -- echo 'a b' '$HOME'", "id -u",
            ])
    }

    @Test func `a batch begins when the one before has ended`() async throws {
        let fleet = FakeFleet()
        _ = await run(on: fleet, batch: .percent(25)).collect(from: try endpoints(8)) { _ in }
        #expect(fleet.mostOpen <= 2 && fleet.connected.count == 8)
        #expect(Set(fleet.connected.prefix(2)) == ["h1", "h2"] && Set(fleet.connected.suffix(2)) == ["h7", "h8"])
    }

    @Test func `failing fast begins on nobody after a failure, and says who was left out`() async throws {
        let fleet = FakeFleet(run: { host, _, _ in .printed("", host.text == "h3" ? 1 : 0) })
        let answers = await run(on: fleet, batch: .count(2), failsFast: true).collect(from: try endpoints(8)) { _ in }
        #expect(Set(fleet.connected) == ["h1", "h2", "h3", "h4"])
        #expect(Set(answers.filter { $0.result == .notStarted }.map(\.host.text)) == ["h5", "h6", "h7", "h8"])
    }

    @Test func `a host that can't be reached is its own answer and holds nobody up`() async throws {
        let error = HostAccessError(.connectionRefused, "connection refused")
        let fleet = FakeFleet(refusal: { $0.text == "h2" ? error : nil })
        let answers = await run(on: fleet).collect(from: try endpoints(3)) { _ in }
        #expect(answers.first { $0.host.text == "h2" }?.result == .unreachable(error))
        #expect(answers.count(where: \.succeeded) == 2)
    }

    @Test func `hosts that do not answer for long keep no others waiting`() async throws {
        let (left, everyLiveHostAnswered) = AsyncStream<Void>.makeStream()
        let silent = FleetCommandRun.maximumParallel + 1
        // The first ones can be connected only when all others have answered.
        let patience = Task { for await _ in left {} }
        let fleet = FakeFleet(delay: { host in
            if let number = Int(host.text.dropFirst()), number <= silent { await patience.value }
        })
        let liveAnswers = Told<CommandAnswer>()
        let answers = await run(on: fleet).collect(from: try endpoints(silent + 3)) { news in
            if case .answered(let answer) = news, liveAnswers.append(answer) == 3 { everyLiveHostAnswered.finish() }
        }
        #expect(answers.prefix(3).map(\.host.text).sorted() == (1...3).map { "h\(silent + $0)" })
        #expect(answers.count == silent + 3 && fleet.stillOpen == 0)
    }

    @Test func `an interruption ends what runs and begins nothing more`() async throws {
        let (started, signal) = AsyncStream<Void>.makeStream()
        let fleet = FakeFleet(run: { _, _, _ throws(HostAccessError) in
            signal.yield()
            // Ended by cancellation alone: no time is waited for.
            try? await Task.sleep(for: .seconds(3600))
            throw HostAccessError(.closed, "cancelled")
        })
        let hosts = try endpoints(3)
        let task = Task { [self] in await run(on: fleet, batch: .count(1)).collect(from: hosts) { _ in } }
        for await _ in started { break }
        task.cancel()
        let results = await task.value.sorted { $0.host < $1.host }.map(\.result)
        #expect(results == [.interrupted, .notStarted, .notStarted])
        #expect(fleet.stillOpen == 0)
    }

    @Test func `streamed lines are whole, in order, and both streams are one`() async throws {
        let fleet = FakeFleet(open: { _, _ in FakeStream(["one\ntw", "o\nthr", "ee"], then: .ends(.exited(3))) })
        let lines = Told<String>()
        let answers = await run(["make"], on: fleet).stream(from: try endpoints(1)) { news in
            if case .line(_, let bytes) = news { lines.append(String(decoding: bytes, as: UTF8.self)) }
        }
        #expect(lines.all == ["one", "two", "three"])
        #expect(fleet.commands.first?.arguments.prefix(3) == ["sh", "-c", #"exec "$@" 2>&1 </dev/null"#])
        guard case .ran(let outcome) = answers.first?.result else { throw CancellationError() }
        #expect(outcome.ending == .exited(3))
    }

    @Test func `a streamed command is left when its time is up`() async throws {
        let fleet = FakeFleet(open: { _, _ in FakeStream(["a\n"], then: .waits) })
        let answers = await run(on: fleet, timeout: .milliseconds(20)).stream(from: try endpoints(1)) { _ in }
        guard case .ran(let outcome) = answers.first?.result else { throw CancellationError() }
        #expect(outcome.ending == .timedOut && fleet.stillOpen == 0)
    }
}
