import FleetModel
import Foundation
import Testing

@testable import Coord

@Suite struct TerminalTests {
    @Test func `a table's columns are as wide as their widest cell, without trailing space`() {
        #expect(
            textTable([["HOST", "NOTE"], ["web-1", ""], ["a", "x y"]]) == ["HOST   NOTE", "web-1", "a      x y"])
    }

    @Test func `a JSON line has sorted keys in snake case and leaves out what is unknown`() {
        struct Line: Encodable {
            var heldBy: String?
            var isWell = true
            var diskFreeBytes: UInt64? = 7
        }
        #expect(Line().jsonLine == #"{"disk_free_bytes":7,"is_well":true}"#)
    }

    @Test func `a new rollout's name is the moment it began, in UTC, and four digits`() {
        let id = newRolloutID(now: Date(timeIntervalSince1970: 1_000_000_000))
        #expect(id.text.wholeMatch(of: /20010909014640-[0-9a-f]{4}/) != nil)
    }

    @Test func `paths are absolute, whatever the current folder becomes`() {
        #expect(absolute("envs/../x.yaml", in: "/srv/shop") == "/srv/shop/x.yaml")
        #expect(absolute("/etc/hosts", in: "/srv") == "/etc/hosts")
        #expect(absolute(".", in: "/srv/shop") == "/srv/shop")
        #expect(absolute("~/key").hasSuffix("/key") && !absolute("~/key").contains("~"))
    }
}
