import FleetModel
import Inventory
import Testing

/// Each of these must end; the limits of time are far above what a debug build takes, and far below a quadratic reader.
@Suite struct HostileInputTests {
    static let texts: [String: String] = [
        "a long line": String(repeating: "a", count: 1_000_000),
        "zero bytes": String(repeating: "a\0\n", count: 20_000),
        "open brackets": String(repeating: "[", count: 60_000),
        "open ranges": "h" + String(repeating: "[1:2", count: 15_000),
        "many ranges": String(repeating: "[1:2]", count: 12_000),
        "colons": String(repeating: ":", count: 60_000),
        "unknown children": "[p:children]\n" + (0..<3000).map { "gpr\($0)\n" }.joined(),
        "a long circle": (0..<2000).map { "[g\($0):children]\ng\(($0 + 1) % 2000)\n" }.joined(),
        "too many groups": (0...10_000).map { "[g\($0)]\n" }.joined(),
        "too many hosts": "a[1:200000]\nb[1:200000]\n",
        "too many hosts, one a line": "a[1:249990]\n" + (0...10).map { "b\($0)\n" }.joined(),
        "a missing child in every line": "[p:children]\n" + String(repeating: "a\n", count: 200_000),
        "ranges listed again and again": String(repeating: "a[1:200000]\n", count: 11),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: texts.keys.sorted())
    func `a hostile text is refused`(name: String) throws {
        let isRefused = !problems(try #require(Self.texts[name])).isEmpty
        #expect(isRefused)
    }

    @Test(.timeLimit(.minutes(1))) func `a hundred thousand hosts are read, found and selected`() throws {
        let inventory = try inventory("[web]\nweb[000001:100000] a=1\n[web:vars]\nb=2\n")
        #expect(inventory.hosts.count == 100_000)
        #expect(try inventory.select("web[99998:]").map(\.text) == ["web099999", "web100000"])
        #expect(try inventory.value("b", of: "web054321") == .int(2))
    }

    @Test(.timeLimit(.minutes(1))) func `a fleet above half of the limit may be listed in several groups`() throws {
        let inventory = try inventory("[web]\nw[1:130000]\n[dc1]\nw[1:130000]\n")
        #expect(try inventory.select("web:&dc1").count == 130_000)
    }

    @Test(.timeLimit(.minutes(1))) func `JSON all in one line is read in the time that many lines take`() throws {
        let hosts = (0..<20_000).map { #""h\#($0)": {"a": 1}"# }.joined(separator: ", ")
        var builder = InventoryBuilder()
        builder.addFile(#"{"web": {"hosts": {\#(hosts)}}}"#, file: "f.json")
        #expect(try builder.build().hosts.count == 20_000)
    }

    @Test(.timeLimit(.minutes(1))) func `a chain of groups of any depth is resolved`() throws {
        let depth = 3000
        let chain = (0..<depth).map { "[g\($0):children]\ng\($0 + 1)\n" }.joined()
        let inventory = try inventory(chain + "[g\(depth)]\nh\n[g0:vars]\nx=1\n")
        #expect(inventory.group("g\(depth)")?.depth == depth + 1)
        #expect(try inventory.value("x", of: "h") == .int(1))
        #expect(try inventory.selected("g0") == "h")
    }

    @Test func `a problem quotes no more of a long range than a person reads`() {
        let range = String(repeating: "1", count: 60_000)
        for problem in problems("h[\(range)]\nh[\(range):2]\nh[1:\(range)]\nh[1:2:\(range)]\n") {
            #expect(problem.utf8.count < 400)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a glob of many stars ends quickly`() throws {
        let inventory = try inventory("a[1:1000]" + String(repeating: "a", count: 200))
        #expect(throws: Diagnostic.self) { try inventory.select(String(repeating: "*a", count: 100) + "b") }
    }
}
