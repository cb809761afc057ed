import FleetModel
import Testing

@testable import SSHConfig

/// The hosts to go through.
@Suite struct RouteTests {
    @Test func `every hop has the settings of its own`() throws {
        let configuration = Configuration(
            """
            Host bastion
              HostName bastion.example.net
              User ops
              Port 2201
              IdentityFile ~/.ssh/bastion
            Host *.internal
              ProxyJump bastion
              User deploy
            """)
        let route = try configuration.route(to: "web1.internal")
        #expect(route.text == "ops@bastion.example.net:2201 > deploy@web1.internal:22")
        #expect(route.jumps.first?.identityFiles == ["/home/ann/.ssh/bastion"])
        #expect(route.host.identityFiles.isEmpty)
    }

    @Test func `jumps are followed from the last to the first, as ssh -J does`() throws {
        let configuration = Configuration(
            """
            Host first
              ProxyJump zero
            Host last
              ProxyJump never
            Host target
              ProxyJump first,ops@last:23
            """)
        #expect(
            try configuration.route(to: "target").text == "ann@zero:22 > ann@first:22 > ops@last:23 > ann@target:22")
    }

    @Test(arguments: [
        "ssh -W %h:%p bastion", "ssh -q -W %h:%p bastion", "/usr/bin/ssh bastion -W %h:%p",
        "ssh -W '[%h]:%p' -qp22 bastion",
        "exec ssh -o StrictHostKeyChecking=yes -W %h:%p bastion 2>/dev/null", "ssh -qxW %h:%p \"bastion\"",
        "ssh -o 'LogLevel QUIET' -W [%h]:%p bastion",
    ])
    func `a ProxyCommand that is only ssh -W is a jump`(command: String) throws {
        let route = try Configuration("Host target\n  ProxyCommand \(command)").route(to: "target")
        #expect(route.text == "ann@bastion:22 > ann@target:22")
        #expect(route.host.proxyCommand == nil)
    }

    @Test func `the options of such an ssh are its jump's`() throws {
        let configuration = Configuration(
            """
            Host target
              User deploy
              ProxyCommand ssh -i ~/.ssh/b -p 2222 -o IdentitiesOnly=yes -J outer -W %h:%p %r@bastion
            """)
        let route = try configuration.route(to: "target")
        #expect(route.text == "ann@outer:22 > deploy@bastion:2222 > deploy@target:22")
        #expect(route.jumps.last?.identityFiles == ["/home/ann/.ssh/b"])
        #expect(route.jumps.last?.identitiesOnly == true)
    }

    @Test(arguments: [
        ("nc -x proxy %h %p", "nc -x proxy target 22"), ("ssh bastion nc %h %p", "ssh bastion nc target 22"),
        ("ssh -W %h:%p $BASTION", "ssh -W target:22 $BASTION"), ("ssh -W %h:22 bastion", "ssh -W target:22 bastion"),
        ("ssh -W %h:%p bastion | tee log", "ssh -W target:22 bastion | tee log"), ("echo 100%%", "echo 100%"),
    ])
    func `any other ProxyCommand is handed on, expanded`(command: String, expanded: String) throws {
        let route = try Configuration("Host target\n  ProxyCommand \(command)").route(to: "target")
        #expect(route.jumps.isEmpty)
        #expect(route.host.proxyCommand == expanded)
    }

    @Test func `a name that a shell would read as more is not handed to a ProxyCommand`() throws {
        let configuration = Configuration("ProxyCommand nc %h %p")
        #expect(configuration.problems("a;reboot").count == 1)
        #expect(configuration.problems("$(reboot)").count == 1)
        #expect(configuration.problems("web-1.example.net").isEmpty)
    }

    @Test func `a jump host that needs itself is told`() {
        #expect(
            Configuration("Host *\n  ProxyJump bastion").problems() == [
                "/home/ann/.ssh/config:2:3: jump hosts go in a circle: h through bastion through bastion"
            ])
        #expect(Configuration("Host a\n ProxyJump b\nHost b\n ProxyJump a").problems("a").count == 1)
        #expect(Configuration("Host *\n ProxyCommand ssh -W %h:%p x%h").problems("a").count == 1)
    }

    @Test func `the name of a jump may depend on the host behind it`() throws {
        let configuration = Configuration("Host *.fra *.ams !jump-*\n  User u\n  ProxyJump %r@jump-%n:23")
        #expect(try configuration.route(to: "a.fra").text == "u@jump-a.fra:23 > u@a.fra:22")
        #expect(try configuration.route(to: "b.ams").text == "u@jump-b.ams:23 > u@b.ams:22")
    }

    @Test func `a host may be reached over one that is also a host of the fleet`() throws {
        let configuration = Configuration("Host b c\n  ProxyJump a")
        var finder = configuration.finder
        #expect(
            try ["a", "b", "c"].map { try finder.route(to: $0).text } == [
                "ann@a:22", "ann@a:22 > ann@b:22", "ann@a:22 > ann@c:22",
            ])
    }

    @Test func `options go before the files, and may name another file`() throws {
        var configuration = Configuration("Host b\n  ProxyJump none\nHost *\n  User file\n  ProxyJump b")
        configuration.source.files["/project/ssh.cfg"] = "Host *\n  User project\n  ProxyJump none"
        #expect(try configuration.host("h", "-l me -o Port=23 -p 24").port == 23)
        #expect(try configuration.host("h", "-F /project/ssh.cfg").user == "project")
        #expect(try configuration.route(to: "h", "-F none").text == "ann@h:22")
        #expect(try configuration.route(to: "h", "-J x,y -o ProxyJump=never").jumps.map(\.hostName) == ["b", "x", "y"])
    }

    static let wrongOptions: [(arguments: String, problem: String)] = [
        ("-Z", "ssh has no option '-Z'"), ("-o", "ssh's option '-o' has no value"),
        ("-p x", "-p 'x' is not a port in 1…65535"), ("-J a,,b", "-J 'a,,b' is not a list of [user@]host[:port]"),
        ("-o Usr=x", "unknown option 'Usr'; did you mean 'User'?"),
        ("-o Host=x", "'Host' can't be an option: it belongs in a file"),
        ("web1", "'web1' can't stand here: coord names the host itself"), ("-o User='x", "a quote is not closed"),
        ("-W a:1", "'-W' can't stand here: coord names the host itself"),
        ("-o Port=0", "Port '0' is not a port in 1…65535"),
    ]

    @Test(arguments: wrongOptions) func `an option that ssh does not have is told`(arguments: String, problem: String) {
        var options = SSHOptions()
        let error = #expect(throws: Diagnostic.self) { try options.append(arguments: arguments, at: nil) }
        #expect(error?.problem == problem)
    }
}
