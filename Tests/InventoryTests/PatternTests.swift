import FleetModel
import Inventory
import Testing

@Suite struct PatternTests {
    private let fleet: Inventory

    init() throws {
        fleet = try inventory(
            """
            lone
            [web]
            web[1:4].dc1
            web5.dc2
            [db]
            db[1:2].dc1
            db3.dc2
            [dc1]
            db[1:2].dc1
            web[1:4].dc1
            [dc2]
            web5.dc2
            db3.dc2
            [old]
            web4.dc1
            [empty]
            [v6]
            2001:db8::1
            [shop:children]
            db
            web
            """)
    }

    static let selections: [(pattern: String, hosts: String)] = [
        ("web:&dc1:!old", "web1.dc1 web2.dc1 web3.dc1"),
        ("!old:&dc1:web", "web1.dc1 web2.dc1 web3.dc1"),
        ("db, lone", "lone db1.dc1 db2.dc1 db3.dc2"),
        ("db:lone,old", "lone web4.dc1 db1.dc1 db2.dc1 db3.dc2"),
        ("all:!web:!db", "lone 2001:db8::1"),
        ("!shop", "lone 2001:db8::1"),
        ("&old", "web4.dc1"),
        ("*", "lone web1.dc1 web2.dc1 web3.dc1 web4.dc1 web5.dc2 db1.dc1 db2.dc1 db3.dc2 2001:db8::1"),
        ("web*", "web1.dc1 web2.dc1 web3.dc1 web4.dc1 web5.dc2"),
        ("*.dc2", "web5.dc2 db3.dc2"),
        ("web?.dc2", "web5.dc2"),
        ("web[!1-3].*", "web4.dc1 web5.dc2"),
        ("web[13].dc1", "web1.dc1 web3.dc1"),
        ("d[bx]", "db1.dc1 db2.dc1 db3.dc2"),
        ("web[0]", "web1.dc1"),
        ("web[-1]", "web5.dc2"),
        ("web[1:2]", "web2.dc1 web3.dc1"),
        ("web[3:]", "web4.dc1 web5.dc2"),
        ("web[3:99]", "web4.dc1 web5.dc2"),
        ("dc1[0]", "db1.dc1"),
        ("shop[0]", "db1.dc1"),
        ("web:!web[0:2]", "web4.dc1 web5.dc2"),
        ("2001:db8::1", "2001:db8::1"),
        ("lone,2001:db8::1", "lone 2001:db8::1"),
        ("ungrouped", "lone"),
        ("web:!empty:!old", "web1.dc1 web2.dc1 web3.dc1 web5.dc2"),
        ("~(web|db)[45]", "web4.dc1 web5.dc2"),
        (#"~.*\.dc2$"#, "web5.dc2 db3.dc2"),
        ("web::db:", "web1.dc1 web2.dc1 web3.dc1 web4.dc1 web5.dc2 db1.dc1 db2.dc1 db3.dc2"),
    ]

    @Test(arguments: selections) func `a pattern selects hosts in the inventory's order`(pattern: String, hosts: String)
        throws
    {
        #expect(try fleet.selected(pattern) == hosts)
    }

    static let refusals: [(pattern: String, problem: String)] = [
        ("wbe", "unknown host or group 'wbe'; did you mean 'web'?"),
        ("web:!odl", "unknown host or group 'odl' in the host pattern 'web:!odl'; did you mean 'old'?"),
        ("web:&zzz*", "unknown host or group 'zzz*' in the host pattern 'web:&zzz*'"),
        ("localhost", "unknown host or group 'localhost'"),
        ("empty", "the host pattern 'empty' selects no host"),
        ("web:&v6", "the host pattern 'web:&v6' selects no host"),
        ("web[5]", "'web' has 5 hosts, none at position 5"),
        ("web[-6]", "'web' has 5 hosts, none at position -6"),
        ("web[3:1]", "'[3:1]' is no position in the host pattern 'web[3:1]'"),
        ("web[0-4]", "'[0-4]' is no position in the host pattern 'web[0-4]'"),
        (
            "web[99999999999999999999]",
            "'[99999999999999999999]' is no position in the host pattern 'web[99999999999999999999]'"
        ),
        ("", "the host pattern is empty"),
        (" , ", "the host pattern is empty"),
        ("web:!", "nothing follows the '!' in the host pattern"),
        ("@retry", "the host pattern names a file: '@retry'"),
        ("~(", "'(' is no regular expression"),
    ]

    @Test(arguments: refusals) func `a pattern that misses is refused`(pattern: String, problem: String) {
        let error = #expect(throws: Diagnostic.self) { try fleet.select(pattern) }
        #expect(error?.description == problem)
    }

    @Test func `a limit keeps only what both patterns select`() throws {
        #expect(try fleet.selected("web", limit: "dc2,old") == "web4.dc1 web5.dc2")
        #expect(try fleet.selected("web", limit: "!old") == "web1.dc1 web2.dc1 web3.dc1 web5.dc2")
        let error = #expect(throws: Diagnostic.self) { try fleet.select("web", limit: "db") }
        #expect(error?.description == "the limit 'db' leaves no host of 'web'")
        #expect(throws: Diagnostic.self) { try fleet.select("web", limit: "typo") }
    }

    private func select(_ pattern: String, list: String) throws -> String {
        try fleet.select(pattern) { _ throws(Diagnostic) in list }.map(\.text).joined(separator: " ")
    }

    @Test func `a list adds its terms, or is taken together behind a sign`() throws {
        #expect(try select("@l", list: "web1.dc1\n\n# none\ndb[0] # first\n") == "web1.dc1 db1.dc1")
        #expect(try select("@l", list: "web\n!dc1") == "web5.dc2")
        #expect(try select("web:!@l", list: "web1.dc1\nweb[2:]") == "web2.dc1")
        #expect(try select("web:&@l", list: "web1.dc1\ndb\nweb5.dc2") == "web1.dc1 web5.dc2")
    }

    @Test(arguments: [
        ("@l", "", "'@l' lists no host"), ("@l", "# only\n", "'@l' lists no host"),
        ("!@l", "!web", "'@l' stands behind a sign, so its lines can't have signs of their own"),
        ("@l", "@m", "'@l' names another list, '@m'"),
    ]) func `a list that could mean anything is refused`(pattern: String, list: String, problem: String) {
        let error = #expect(throws: Diagnostic.self) { try select(pattern, list: list) }
        #expect(error?.problem == problem)
    }

    static let slowExpressions = [
        "~(a+)+$", "~(a*b?)*", "~([0-9]{2}){9}", "~.*a.*b.*c.*d.*e", "~(a|a)*b", "~(a|aa){30}b", "~(a?){40}b",
        "~" + String(repeating: "a?", count: 30) + "b", "~" + String(repeating: "(a|aa)", count: 20) + "b",
        "~" + String(repeating: "a?", count: 12) + ".*.*.*b",
    ]

    @Test(arguments: slowExpressions)
    func `a regular expression that could take forever is refused`(pattern: String) {
        let error = #expect(throws: Diagnostic.self) { try fleet.select(pattern) }
        #expect(error?.problem.hasPrefix("the regular expression '") == true)
    }

    @Test(arguments: [
        "~(web|db)[0-9]+", "~web\\d{1}(\\.dc[12])?$", "~(?i)WEB", "~(web|db|old)1", "~web1|web2|db.*?1", "~[^x]eb",
    ]) func `the regular expressions that people use are taken`(pattern: String) throws {
        #expect(try !fleet.select(pattern).isEmpty)
    }

    @Test func `classes in classes are refused, however deep`() {
        let error = #expect(throws: Diagnostic.self) { try fleet.select("~" + String(repeating: "[", count: 3000)) }
        #expect(error?.problem.hasSuffix("has a '[' inside of brackets, which is written \\[") == true)
    }
}
