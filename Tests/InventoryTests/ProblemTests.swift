import FleetModel
import Inventory
import Testing

@Suite struct ProblemTests {
    static let sentences: [(text: String, problem: String)] = [
        ("[web:var]\na", "f:1:6: unknown kind of section 'var'; did you mean 'vars'?"),
        ("[web:]", "f:1:6: unknown kind of section ''"),
        ("[web", "f:1:1: the section's '[' is not closed"),
        ("[]", "f:1:2: the group has no name"),
        ("[a b]", "f:1:3: white space in the section's name"),
        ("[a,b]", "f:1:3: ',' may not stand there in the name of a group"),
        ("[web] ; no comment", "f:1:7: unexpected text after the section's ']'"),
        ("[::1]", "f:1:1: a host's IPv6 address stands in brackets only before a port"),
        ("[web]\na\n[p:children]\nwbe", "f:4:1: unknown group 'wbe'; did you mean 'web'?"),
        ("[p:children]\na b", "f:2:2: only the group 'a' may stand in this line"),
        ("[p:children]\nall", "f:2:1: 'all' holds every group and can't be a child"),
        ("[p:children]\na:80\n[a]", "f:2:2: ':' may not stand there in the name of a group"),
        ("[web]\n[wbe:vars]\nx=1", "f:2:1: [wbe:vars] sets variables of unknown group 'wbe'; did you mean 'web'?"),
        ("[a:children]\nb\n[b:children]\na", "f:4:1: group 'a' contains itself: a > b > a"),
        ("[a:children]\na", "f:2:1: group 'a' contains itself: a > a"),
        ("[web]\nx\ny\n[y]\nx", "f:4:1: 'y' is both a group and a host (line 3)"),
        ("[g]\n[g:vars]\nx", "f:3:1: 'x' is no variable: it has no '='"),
        ("[g]\n[g:vars]\n=5", "f:3:1: no name stands before the '='"),
        ("[g]\n[g:vars]\na b=5", "f:3:1: 'a b' is no name of a variable"),
        ("[g]\n[g:vars]\nansible_group_priority=high", "f:3:1: ansible_group_priority is 'high', not a whole number"),
        ("h x", "f:1:3: 'x' is no variable: it has no '='"),
        ("h x=1 2x=1", "f:1:7: '2x' is no name of a variable"),
        ("h x='1", "f:1:5: the quote ' is not closed"),
        ("h x=\"1\\\"", "f:1:5: the quote \" is not closed"),
        ("h x=\\", "f:1:5: nothing follows the backslash"),
        ("h:0", "f:1:3: port 0 is not in 1…65535"),
        ("h:65536", "f:1:3: port 65536 is not in 1…65535"),
        ("h[1:2]:99999999999999999999", "f:1:8: port 99999999999999999999 is not in 1…65535"),
        ("h:ssh", "f:1:3: port 'ssh' is not a number"),
        ("h:", "f:1:3: no port follows the ':'"),
        ("a:b:c", "f:1:1: 'a:b:c' has several colons but is no IPv6 address"),
        ("1:2:3:4:5:6:7:8:9", "f:1:1: '1:2:3:4:5:6:7:8:9' has several colons but is no IPv6 address"),
        ("a:22\na:23", "f:2:1: host 'a' is listed in line 1 without port 23"),
        ("root@h", "f:1:5: '@' may not stand in a host's name"),
        ("x=1", "f:1:2: '=' may not stand in a host's name"),
        ("a,b", "f:1:2: ',' may not stand in a host's name"),
        ("a]", "f:1:2: ']' may not stand in a host's name"),
        ("-oProxyCommand", "f:1:1: '-oProxyCommand' is no host name"),
        ("a\u{A0}b", "f:1:2: '\\u{00A0}' may not stand in a host's name"),
        ("w[1:3", "f:1:2: the range's '[' is not closed"),
        ("w[1-3]", "f:1:2: '[1-3]' is no range: it is written [first:last] or [first:last:step]"),
        ("w[1:]", "f:1:2: the range '[1:]' has no end"),
        ("w[3:1]", "f:1:2: the range '[3:1]' ends before it begins"),
        ("w[1:9:0]", "f:1:2: the step of the range '[1:9:0]' is not a number above 0"),
        (
            "w[01:100]",
            "f:1:2: the range '[01:100]' begins with zeros, so both its ends must have the same number of digits"
        ),
        ("w[a:F]", "f:1:2: the ends of the range '[a:F]' are neither two numbers nor two letters of one case"),
        ("w[1:2][9:8]", "f:1:7: the range '[9:8]' ends before it begins"),
        ("w[1:999999][1:999999]", "f:1:1: the inventory has more than 250000 hosts from here on"),
        ("a\0b", "f:1:2: control character U+0000"),
        ("a x=\u{1B}[0m", "f:1:5: control character U+001B"),
        ("a x=\u{85}", "f:1:5: control character U+0085"),
    ]

    @Test(arguments: sentences) func `a problem is told with its place`(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test func `all problems are told in the order of the file`() {
        let text = "a:0\n[p:children]\nnone\n[g:vras]\n[h]\nw[2:1]\nok x\n"
        #expect(problems(text).map { $0.prefix { $0 != " " } } == ["f:1:3:", "f:3:1:", "f:4:4:", "f:6:2:", "f:7:4:"])
    }

    @Test func `lines behind a malformed header are not judged`() {
        #expect(problems("[we b]\nx = ?\n[ok]\na\n").count == 1)
    }

    @Test func `beyond the limit problems are only counted`() {
        let told = problems(String(repeating: "a:0\n", count: 50))
        #expect(told.count == InventoryLimits.maximumProblems + 1)
        #expect(told.last == "30 more problems not shown")
    }

    @Test func `a host among the children gets a hint of its own`() throws {
        let error = #expect(throws: Diagnostics.self) { try inventory("web1\n[p:children]\nweb1\n") }
        #expect(error?.all.first?.hint == "'web1' is a host: list it under [p]")
    }
}
