import FleetModel
import Foundation
import RolloutEngine
import RolloutStore
import Testing

/// What commands say of rollouts that the store holds, or does not.
@Suite struct StateTests {
    let program: Program

    init() throws { program = try Program() }

    private var state: String { program.folder + "/.coord" }

    private func begin(_ id: String, domain: String = "shop@inventory.ini") throws -> (SQLiteStore, Lease) {
        let store = try SQLiteStore(directory: state)
        let rollout = NewRollout(
            id: try #require(RolloutID(id)), domain: domain, service: try #require(ServiceName("shop")),
            release: try #require(ReleaseID("1.0")), job: Data("{}".utf8))
        return (store, try store.create(rollout, for: "ann@laptop", epochAbove: 0))
    }

    private func writeProject() throws {
        try program.write("inventory.ini", MistakeTests.inventory)
        try program.write("rollout.yaml", "service: shop\nartifact: app\n")
        try program.write("app/run", "1.0")
    }

    @Test(arguments: [["history"], ["show", "r1"], ["resume"], ["abort"]])
    func `asking about rollouts creates no state`(arguments: [String]) async throws {
        let outcome = try await program.run(arguments)
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("error: no rollout has been begun here: there is no '\(state)'\nhint: "))
        #expect(!FileManager.default.fileExists(atPath: state))
    }

    @Test func `a rollout that is not there, or no name at all`() async throws {
        _ = try SQLiteStore(directory: state)
        let unknown = try await program.run("show", "r9")
        #expect(unknown.status == 2)
        #expect(unknown.errorLines.first == "error: there is no rollout 'r9' here")
        let malformed = try await program.run("resume", "../x")
        #expect(malformed.status == 2)
        #expect(malformed.errorLines.first == "error: '../x' is not the name of a rollout")
        let none = try await program.run("resume")
        #expect(none.status == 2)
        #expect(none.errorLines.first == "error: no rollout is unfinished here")
    }

    @Test func `several unfinished rollouts have to be told apart`() async throws {
        _ = try begin("r1")
        _ = try begin("r2", domain: "other@inventory.ini")
        let outcome = try await program.run("resume")
        #expect(outcome.status == 2)
        #expect(outcome.errorLines.first == "error: several rollouts are unfinished")
        #expect(outcome.errors.contains("r1") && outcome.errors.contains("r2"))
    }

    @Test func `a lock is seen before any host is asked, and its holder is named`() async throws {
        try writeProject()
        let (store, lease) = try begin("r1")
        let driven = try await program.run("rollout", "inventory.ini", "--yes")
        #expect(driven.status == 5)
        #expect(driven.errors.contains("error: rollout r1 holds the service since "))
        #expect(driven.errors.contains("; ann@laptop drives it\nhint: wait for it, or: coord abort r1\n"))
        try store.release(lease)
        let left = try await program.run("rollout", "inventory.ini", "--yes")
        #expect(left.status == 5)
        #expect(left.errors.contains("; nobody drives it\nhint: coord resume r1, or: coord abort r1\n"))
    }

    @Test func `hints name the state where it is not the current folder's`() async throws {
        try writeProject()
        let (_, lease) = try begin("r1")
        try FileManager.default.createDirectory(atPath: program.folder + "/envs", withIntermediateDirectories: true)
        for name in ["inventory.ini", "rollout.yaml", ".coord"] {
            try FileManager.default.moveItem(
                atPath: "\(program.folder)/\(name)", toPath: "\(program.folder)/envs/\(name)")
        }
        let outcome = try await program.run("rollout", "envs/inventory.ini", "--yes")
        #expect(outcome.status == 5)
        #expect(outcome.errors.contains("coord abort \(lease.rollout) --state \(program.folder)/envs/.coord\n"))
    }

    @Test func `a request to a coordinator that has gone stays, and is said to`() async throws {
        let (store, lease) = try begin("r1")
        async let outcome = program.run("abort")
        while try store.waitingRequests(of: lease.rollout).isEmpty { await Task.yield() }
        try store.release(lease)
        let left = try await outcome
        #expect(left.status == 1)
        #expect(left.errors.contains("ann@laptop went away before it took the request; nobody drives rollout r1 now"))
        #expect(try store.waitingRequests(of: lease.rollout).map(\.request) == [.abort])
    }

    @Test func `output that can't be written is an error`() async throws {
        _ = try begin("r1")
        let coord = Program.products.appending(path: "coord").path
        let script = "'\(coord)' history > /dev/full; echo $?"
        let outcome = try await program.run("-c", script, executable: URL(filePath: "/bin/bash"))
        #expect(outcome.output == "1\n")
        #expect(outcome.errors == "error: standard output can't be written: No space left on device\n")
    }

    @Test func `history is a table, and one JSON object a line`() async throws {
        let (store, lease) = try begin("r1")
        try store.end(Ending(unchangedBecause: "no"), under: lease)
        let table = try await program.run("history")
        #expect(table.status == 0)
        let lines = table.output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first == "ROLLOUT  SERVICE  RELEASE  BEGUN                 BY          OUTCOME")
        #expect(lines.last?.hasSuffix("  ann@laptop  failed, nothing changed") == true)
        let json = try await program.run("history", "--json")
        let line = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(line["rollout"] as? String == "r1" && line["verdict"] as? String == "unchanged")
    }

    @Test func `a state that can't be read is named`() async throws {
        try program.write(".coord/state.db", "this is not a database at all, just text")
        let corrupt = try await program.run("history")
        #expect(corrupt.status == 1)
        #expect(corrupt.errors.hasPrefix("error: the state in '\(state)/state.db' can't be used: "))
        try program.write("file", "")
        let file = try await program.run("history", "--state", "file")
        #expect(file.status == 1)
        #expect(file.errors.hasPrefix("error: the state in '\(program.folder)/file/state.db' can't be used: "))
    }

    @Test func `a rollout whose job can't be read is told, and its lease is given back`() async throws {
        let (store, lease) = try begin("r1")
        try store.release(lease)
        let outcome = try await program.run("resume", "--yes")
        #expect(outcome.status == 2)
        let resumed = try await program.run("resume")
        #expect(resumed.status == 1)
        #expect(resumed.errors.hasPrefix("error: the rollout can't be read: r1 was begun by another version of coord"))
        #expect(try store.rollout(lease.rollout).lease == nil)
    }

    @Test func `a reader that goes away is no error`() async throws {
        _ = try begin("r1")
        let coord = Program.products.appending(path: "coord").path
        let script = "'\(coord)' history | true; echo ${PIPESTATUS[0]}"
        let outcome = try await program.run("-c", script, executable: URL(filePath: "/bin/bash"))
        #expect(outcome.output == "0\n")
    }
}
