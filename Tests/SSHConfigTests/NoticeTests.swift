import FleetModel
import Testing

@testable import SSHConfig

/// What would matter and is not done is named, each subject once; and what is wrong is told with its place.
@Suite struct NoticeTests {
    private let file = "/home/ann/.ssh/config"

    @Test func `a keyword that matters is named once, with its first place`() throws {
        let configuration = Configuration(
            """
            Host a
              Ciphers aes128-ctr
            Host *
              MACs hmac-sha2-256
              PKCS11Provider /usr/lib/opensc.so
              AddressFamily inet
            """)
        #expect(
            try configuration.notices("a", "b", "c") == [
                "\(file):2:3: Ciphers is not supported: libssh2's algorithms are offered",
                "\(file):5:3: PKCS11Provider is not supported: only key files and the ssh-agent are asked for keys",
                "\(file):6:3: AddressFamily is not supported: addresses of both families are tried",
            ])
    }

    @Test func `what applies to no host, or asks for nothing, is not named`() throws {
        let configuration = Configuration(
            """
            Host elsewhere
              Ciphers aes128-ctr
            Host *
              AddressFamily any
              PKCS11Provider none
              VerifyHostKeyDNS no
              PreferredAuthentications gssapi-with-mic,publickey
              ControlMaster auto
              ForwardX11 yes
            """)
        #expect(try configuration.notices("a") == [])
    }

    @Test func `what distributions ship is not the user's wish`() throws {
        let system = ["/etc/ssh/ssh_config": "Host *\n  GSSAPIAuthentication yes\n  HashKnownHosts yes\n"]
        #expect(try Configuration("", including: system).notices("a") == [])
        #expect(try Configuration("GSSAPIAuthentication yes").notices("a").count == 1)
    }

    @Test func `host keys are checked whatever StrictHostKeyChecking says, and that is said`() throws {
        let configuration = Configuration("Host *\n  StrictHostKeyChecking no")
        #expect(
            try configuration.notices("a", "b") == [
                "\(file):2:3: host keys are checked all the same: StrictHostKeyChecking no is not supported"
            ])
        #expect(try Configuration("StrictHostKeyChecking accept-new").notices("a") == [])
    }

    static let problems: [(text: String, problem: String)] = [
        ("Host a\n  HostNme b", "2:3: unknown keyword 'HostNme'; did you mean 'HostName'?"),
        ("\tPort x", "1:2: Port 'x' is not a port in 1…65535"),
        ("User a b", "1:1: User has more than one value"),
        ("Match exec true\n  User x", "1:1: Match exec is not supported, and decides about 'h'"),
        ("Match host h localnetwork 10.0.0.0/8", "1:1: Match localnetwork is not supported, and decides about 'h'"),
        ("Match hst h", "1:1: unknown criterion 'hst' of Match; did you mean 'host'?"),
        ("UserKnownHostsFile ~bob/known", "1:1: UserKnownHostsFile '~bob/known' lies in somebody else's home"),
        ("IdentityFile %C", "1:1: IdentityFile '%C' has a '%' that means nothing here"),
        ("IdentityFile ${NOPE}", "1:1: IdentityFile: the environment has no 'NOPE'"),
        ("HostName \u{0}", "1:1: the line has a NUL byte"),
    ]

    @Test(arguments: problems) func `a mistake is told with its place`(text: String, problem: String) {
        #expect(Configuration(text).problems() == ["\(file):\(problem)"])
    }

    @Test func `Match exec decides nothing where another criterion fails`() throws {
        let configuration = Configuration("Match exec true host other\n  User never\nMatch host h\n  User u")
        #expect(try configuration.host("h").user == "u")
    }

    @Test func `all mistakes of the files are told at once`() {
        let configuration = Configuration(
            "Port x\nInclude more\n", including: ["/home/ann/.ssh/more": "Port y\nUser\n"])
        #expect(
            configuration.problems().map { $0.split(separator: ":")[0...1].joined(separator: ":") } == [
                "\(file):1", "/home/ann/.ssh/more:1", "/home/ann/.ssh/more:2",
            ])
    }

    @Test func `a file that others can write is refused`() {
        var configuration = Configuration("Include sub")
        configuration.source.files["/home/ann/.ssh/sub"] = "User x"
        configuration.source.unguarded = ["/home/ann/.ssh/sub"]
        #expect(configuration.problems() == ["\(file):1:1: '/home/ann/.ssh/sub' may be written by others"])
        configuration.source.unguarded = [file]
        #expect(configuration.problems() == ["'\(file)' may be written by others"])
    }

    @Test func `relative includes begin in the folder of whose file it is`() throws {
        let configuration = Configuration(
            "Include conf.d/*",
            including: [
                "/home/ann/.ssh/conf.d/a": "User a", "/etc/ssh/ssh_config": "Include ssh_config.d/*",
                "/etc/ssh/ssh_config.d/b": "Port 7",
            ])
        let host = try configuration.host("h")
        #expect(host.user == "a" && host.port == 7)
    }

    @Test func `hostile files end quickly and well`() {
        let doubling = String(repeating: "Include config\n", count: 50)
        #expect(Configuration(doubling).problems().first?.contains("include") == true)
        #expect(Configuration("Include config").problems().count == 1)
        #expect(Configuration(String(repeating: "a", count: 1 << 20)).problems().count == 1)
        #expect(Configuration("User " + String(repeating: "\"", count: 60_001)).problems().count == 1)
        #expect(Configuration(String(repeating: "x y\n", count: 100_000)).problems().count >= 1)
        #expect(
            Configuration("Host " + String(repeating: "*a", count: 20_000)).problems(String(repeating: "a", count: 200))
                .isEmpty)
        #expect(Configuration("ProxyJump " + String(repeating: "a,", count: 10_000) + "a").problems().count == 1)
        var manyKeys = ""
        for number in 0...200 { manyKeys += "IdentityFile /k/\(number)\n" }
        #expect(Configuration(manyKeys).problems().count == 1)
    }

    @Test func `two thousand hosts are found in a configuration of five hundred lines`() throws {
        var text = ""
        for number in 0..<100 {
            text += "Host site\(number)-* !site\(number)-b\n  ProxyJump site\(number)-b\n  User u\(number)\n"
        }
        text += "Match host *-db final\n  Port 7\nHost *\n  IdentityFile ~/.ssh/%r\n"
        var finder = Configuration(text).finder
        for number in 0..<2000 {
            let route = try finder.route(to: "site\(number % 100)-web\(number)")
            try #require(route.jumps.count == 1 && route.host.identityFiles == ["/home/ann/.ssh/u\(number % 100)"])
        }
    }

    @Test func `what protects a host is an error for that host, not a notice`() throws {
        let configuration = Configuration(
            "Host a\n  RefuseConnection decommissioned\nHost b\n  RevokedHostKeys /keys\n")
        for (host, keyword) in [("a", "RefuseConnection"), ("b", "RevokedHostKeys")] {
            let error = try #require(throws: Diagnostics.self) { try configuration.notices(host) }
            #expect(error.description.contains("\(keyword) is not supported, and protects this host"))
        }
        #expect(try configuration.notices("c") == [])
        #expect(try Configuration("RevokedHostKeys none").notices("a") == [])
    }
}
