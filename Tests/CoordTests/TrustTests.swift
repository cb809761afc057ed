import FleetModel
import Foundation
import HostAccess
import Reporting
import SSHTransport
import Testing

@testable import Coord

/// What `coord trust` makes of hosts' keys and of lists to compare with; the lab asks real hosts.
@Suite struct TrustTests {
    private static func key(_ number: UInt8) throws -> HostKey {
        let type = Array("ssh-ed25519".utf8)
        let blob = [0, 0, 0, UInt8(type.count)] + type + [0, 0, 0, 32] + [UInt8](repeating: number, count: 32)
        return try #require(HostKey(blob: blob))
    }

    private static func host(_ name: String, _ address: String, port: Int = 22) throws -> HostEndpoint {
        HostEndpoint(name: try #require(HostName(name)), address: address, port: port, user: "ann")
    }

    @Test func `the table tells what is new, known, changed and out of reach`() throws {
        let rows = [
            TrustRow(try Self.host("web-1", "10.0.0.1"), try Self.key(1), .new, isListed: true),
            TrustRow(try Self.host("web-2", "10.0.0.2", port: 2222), try Self.key(2), .known, isListed: true),
            TrustRow(
                try Self.host("db", "db.example.com"), try Self.key(3),
                .changed(
                    place: "/home/ann/.ssh/known_hosts:7", fingerprint: "SHA256:old",
                    removal: "ssh-keygen -f '/home/ann/.ssh/known_hosts' -R 'db.example.com'"), isListed: true),
            TrustRow(
                try Self.host("old", "10.0.0.4"), try Self.key(4), .revoked(place: "/etc/ssh/ssh_known_hosts:1"),
                isListed: true),
            TrustRow(try Self.host("lost", "10.0.0.5"), try Self.key(5), .new, isListed: false),
            TrustRow(
                try Self.host("gone", "10.0.0.6"),
                HostAccessError(.connectionRefused, "10.0.0.6:22 refuses connections", hint: "is sshd running there?")),
        ]
        var failure = Failure("", status: .failedUnchanged)
        failure.diagnostics = rows.compactMap(\.diagnostic)
        let text =
            TrustRow.table(rows).lines() + failure.lines() + rows.map(\.jsonLine)
            + ([80, 100] as [Int]).flatMap { ["=== \($0) columns"] + TrustRow.table(rows).lines(width: $0) }
        try GoldenFile(name: "trust-table.txt").expect(text.joined(separator: "\n") + "\n")
    }

    @Test func `a list vouches for a key by known_hosts line or fingerprint, for the named host only`() throws {
        let (web, db) = (try Self.host("web-1", "10.0.0.1"), try Self.host("db", "10.0.0.2", port: 2222))
        let (first, second, third) = (try Self.key(1), try Self.key(2), try Self.key(3))
        let list = try ExpectedHostKeys(
            text: """
                # from the provisioning system
                \(first.knownHostsLine(address: "10.0.0.1", port: 22))
                256 \(second.fingerprint) root@db (ED25519)
                256 \(third.fingerprint) no comment (ED25519)
                """, file: "list")
        let names = ExpectedHostKeys.names(of: web).union(ExpectedHostKeys.names(of: db))
        func vouches(_ key: HostKey, _ host: HostEndpoint) -> Bool { list.vouch(for: key, of: host, amongNames: names) }
        #expect(vouches(first, web) && !vouches(first, db))
        #expect(vouches(second, db) && !vouches(second, web))
        #expect(vouches(third, db) && vouches(third, web))
        #expect(!vouches(try Self.key(4), web))
        #expect(list.types(for: web) == ["ssh-ed25519"] && list.types(for: db).isEmpty)
    }

    @Test func `a list that is none is refused with the line`() {
        let error = #expect(throws: Diagnostics.self) { try ExpectedHostKeys(text: "\nMD5:aa:bb host\n", file: "list") }
        #expect(
            error?.all.map(\.description) == ["list:2:1: this is neither a known_hosts line nor a SHA256 fingerprint"])
        let empty = #expect(throws: Diagnostics.self) { try ExpectedHostKeys(text: "# none\n", file: "list") }
        #expect(empty?.all.first?.problem == "'list' lists no host key")
    }

    @Test func `bastions are asked before what lies behind them, each once`() throws {
        let (outer, inner) = (try Self.host("outer", "192.0.2.1"), try Self.host("inner", "10.1.0.1"))
        var (web, db) = (try Self.host("web", "10.0.0.1"), try Self.host("db", "10.0.0.2"))
        web.jumps = [outer, inner]
        db.jumps = [outer]
        let rounds = HostKeySurvey.rounds([web, db])
        #expect(rounds.map { $0.map(\.name.text) } == [["outer"], ["inner"], ["web", "db"]])
        #expect(rounds[1].first?.jumps.map(\.name.text) == ["outer"])
    }
}
