import FleetModel
import Foundation
import HostAccess
import Synchronization
import Testing

@testable import FleetOperations

@Suite struct JournalReaderTests {
    private static func entry(_ number: Int) -> String {
        #"{"__CURSOR":"c\#(number)","__REALTIME_TIMESTAMP":"17000000\#(number)","MESSAGE":"line \#(number)"}"# + "\n"
    }

    private func query(follows: Bool) -> JournalQuery {
        JournalQuery(unit: .system("shop.service"), lines: 5, since: .seconds(600), follows: follows)
    }

    @Test func `a journal is read to its end, through sudo, and what is no entry is passed over`() async throws {
        let fleet = FakeFleet(open: { _, _ in
            FakeStream(["Welcome!\n" + Self.entry(1), Self.entry(2)], then: .ends(.exited(0)))
        })
        let lines = Told<String>()
        let reader = JournalReader(query(follows: false), of: try endpoints(1)[0], over: fleet) { news in
            if case .record(let record) = news { lines.append(record.message) }
        }
        try await reader.read()
        #expect(lines.all == ["line 1", "line 2"])
        #expect(fleet.commands.count == 1 && fleet.stillOpen == 0)
        #expect(fleet.commands[0].asRoot)
        #expect(
            fleet.commands[0].arguments.suffix(8) == [
                "journalctl", "--quiet", "--no-pager", "--all", "--output=json", "--unit=shop.service", "--lines=5",
                "--since=-600s",
            ])
    }

    @Test func `a lost link is made again, and the journal goes on behind the last line that was told`() async throws {
        let attempts = Told<Void>()
        let fleet = FakeFleet(open: { _, _ in
            switch attempts.append(()) {
            case 1: FakeStream([Self.entry(1), Self.entry(2) + #"{"__CURSOR":"c3","#], then: .losesLink)
            case 2: FakeStream([Self.entry(3)], then: .ends(.unknown))
            default: FakeStream([Self.entry(4)], then: .waits)
            }
        })
        let (seen, signal) = AsyncStream<String>.makeStream()
        let host = try endpoints(1)[0]
        let reader = JournalReader(query(follows: true), of: host, over: fleet, clock: ImmediateClock()) { news in
            switch news {
            case .record(let record): signal.yield(record.message)
            case .linkLost: signal.yield("lost")
            case .linkRestored: signal.yield("restored")
            }
        }
        let task = Task { try await reader.read() }
        var told: [String] = []
        for await line in seen {
            told.append(line)
            if line == "line 4" { break }
        }
        task.cancel()
        try await task.value
        #expect(told == ["line 1", "line 2", "lost", "restored", "line 3", "lost", "restored", "line 4"])
        #expect(fleet.commands[1].arguments.contains("--after-cursor=c2"))
        #expect(fleet.commands[2].arguments.contains("--after-cursor=c3"))
        #expect(fleet.commands[2].arguments.suffix(2) == ["--follow", "--no-tail"])
        #expect(fleet.stillOpen == 0)
    }

    @Test func `a refusal ends it with what was said, also where it is followed`() async throws {
        let fleet = FakeFleet(open: { _, _ in
            FakeStream([], then: .ends(.exited(1), saying: "sudo: a password is required\n"))
        })
        let reader = JournalReader(query(follows: true), of: try endpoints(1)[0], over: fleet) { _ in }
        let error = await #expect(throws: Diagnostic.self) { try await reader.read() }
        #expect(error?.problem == "journalctl ended with exit status 1: sudo: a password is required")
    }

    @Test func `messages that are bytes, or several, or absent are text all the same`() throws {
        func message(_ json: String) throws -> String {
            let line = #"{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1"\#(json)}"#
            return try #require(JournalRecord(line: Array(line.utf8))).message
        }
        #expect(try message(#","MESSAGE":[104,105,255]"#) == "hi\u{FFFD}")
        #expect(try message(#","MESSAGE":["a","b"]"#) == "a\nb")
        #expect(try message(#","MESSAGE":null"#) == "")
        #expect(try message("") == "")
        #expect(JournalRecord(line: Array("-- No entries --".utf8)) == nil)
    }

    /// The script itself, in this machine's own sh, with `cat` in the place of a journal that never ends.
    @Test func `the reader on the host ends when its standard input does`() async throws {
        let query = JournalQuery(unit: .user("x"), lines: 1)
        let script = query.command(as: "root", after: nil).arguments[2]
        let process = Process()
        // What Dispatch's threads block (SIGCHLD, SIGTERM) their children have blocked, too, and dash waits for ever.
        let unblocked =
            "import os, sys; from signal import *; pthread_sigmask(SIG_SETMASK, []); "
            + "os.execv(sys.argv[1], sys.argv[1:])"
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", unblocked, "/bin/sh", "-c", script, "sh", "tail", "-f", "/dev/null"]
        let input = Pipe()
        process.standardInput = input
        process.standardError = FileHandle.nullDevice
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
            try? input.fileHandleForWriting.close()
        }
        // SIGTERM, as the shell reports it: nothing is left that reads.
        #expect(process.terminationStatus == 128 + 15)
    }
}

/// A clock on which no time has to be waited for.
private struct ImmediateClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    var now: Instant { Instant(offset: .zero) }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws { try Task.checkCancellation() }
}
