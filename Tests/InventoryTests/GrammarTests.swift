import FleetModel
import Inventory
import Testing

@Suite struct GrammarTests {
    static let names: [(line: String, names: String)] = [
        ("web[1:3]", "web1 web2 web3"),
        ("web[08:11]", "web08 web09 web10 web11"),
        ("web[01:06:2]", "web01 web03 web05"),
        ("web[:2]", "web0 web1 web2"),
        ("web[1:03]", "web1 web2 web3"),
        ("db-[a:c]", "db-a db-b db-c"),
        ("db-[A:C:2]", "db-A db-C"),
        ("r[1:2]n[a:b].example", "r1na.example r1nb.example r2na.example r2nb.example"),
        ("[1:2].example", "1.example 2.example"),
        ("192.0.2.[1:2]", "192.0.2.1 192.0.2.2"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("[2001:db8::1]:22", "2001:db8::1"),
        ("[fe80::[1:2]]:22", "fe80::1 fe80::2"),
        ("[plain]:22", "plain"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("zürich", "zürich"),
        ("web[1:2] # comment", "web1 web2"),
        ("'web1'", "web1"),
    ]

    @Test(arguments: names) func `a host's line stands for its names`(line: String, names: String) throws {
        #expect(try inventory(line).hosts.map(\.name.text).joined(separator: " ") == names)
    }

    @Test(arguments: ["a:2222", "a[1:2]:2222", "[::1]:2222", "[1:2]:2222"])
    func `a port behind the name is ansible_port`(line: String) throws {
        let hosts = try inventory(line).hosts
        #expect(!hosts.isEmpty)
        for host in hosts { #expect(host.variables["ansible_port"]?.value == .int(2222)) }
    }

    @Test func `ansible_port on the line overrides the port behind the name`() throws {
        #expect(try inventory("a:22 ansible_port=23").value("ansible_port", of: "a") == .int(23))
    }

    @Test func `variables of a host are quoted as in a shell`() throws {
        let inventory = try inventory(#"h a="x y" b='"5"' c=x\ y d="q\"\\z\n" e='it'"'"s f="" g=a"b"c h=x=y"#)
        let texts = try inventory.variables(of: hostName("h")).mapValues(\.text)
        #expect(
            texts == [
                "a": "x y", "b": #""5""#, "c": "x y", "d": #"q"\z\n"#, "e": "it's", "f": "", "g": "abc", "h": "x=y",
            ])
    }

    @Test func `a comment ends a host's line even inside a word but belongs to a value in vars`() throws {
        let inventory = try inventory("h a=1#2 b=3\n[g]\nh\n[g:vars]\nc=x # y\nd=5 # y\n# e=1\n; f=1")
        #expect(try inventory.variables(of: hostName("h")).mapValues(\.text) == ["a": "1", "c": "x # y", "d": "5 # y"])
        #expect(try inventory.value("d", of: "h") == .int(5))
    }

    @Test func `headers and children may have comments, and lines white space around them`() throws {
        let inventory = try inventory("  [g] # one\n\t h x=1 \n[p:children]# two\ng # three\n")
        #expect(try inventory.groups(of: hostName("h")) == ["all", "p", "g"])
    }

    @Test func `line ends of all systems and a byte order mark are no part of the text`() throws {
        let inventory = try inventory("\u{FEFF}a x=1\r\nb x=2\rc x=3\n[g:vars]\r\ny=z\r\n[g]\r\na\r\n")
        #expect(try inventory.selected("all") == "a b c")
        #expect(try inventory.value("y", of: "a") == .string("z"))
        #expect(inventory.hosts.map(\.location.line) == [1, 2, 3])
    }

    @Test func `an empty text is an inventory without hosts`() throws {
        let inventory = try inventory("\n# nothing\n")
        #expect(inventory.hosts.isEmpty)
        #expect(inventory.groups.map(\.name) == ["all", "ungrouped"])
    }

    @Test func `sections and hosts given again add to the first`() throws {
        let inventory = try inventory(
            "[g]\na x=1 y=1\n[h]\nb\n[g]\nb\na x=2\n[g:hosts]\nc\n[g:vars]\nz=1\n[g:vars]\nz=2")
        #expect(inventory.group("g")?.hosts.map(\.text) == ["a", "b", "c"])
        let texts = try inventory.variables(of: hostName("a")).mapValues(\.text)
        #expect(texts == ["x": "2", "y": "1", "z": "2"])
    }

    @Test func `a variable knows where its name stands`() throws {
        let inventory = try inventory("zürich  a=1\n[ungrouped:vars]\n  b = 2")
        let variables = try inventory.variables(of: hostName("zürich"))
        #expect(variables["a"]?.location == SourceLocation(file: "hosts.ini", line: 1, column: 9))
        #expect(variables["b"]?.location == SourceLocation(file: "hosts.ini", line: 3, column: 3))
    }
}
