import FleetModel
import HostAccess
import Inventory
import SSHConfig
import Testing

@testable import Coord

/// What becomes of the inventory's hosts: command line before inventory before ssh's configuration.
@Suite struct EndpointTests {
    /// ssh's configuration of the user, and no other file.
    private struct Files: SSHConfigSource {
        var files: [String: String]
        func paths(matching pattern: String) -> [String] { files[pattern] == nil ? [] : [pattern] }
        func contents(of path: String, isGuarded: Bool) -> [UInt8]? { files[path].map { Array($0.utf8) } }
    }

    private static let facts = LocalFacts(
        home: "/home/ann", user: "ann", userID: 1000, hostName: "laptop", environment: [:])

    private func resolver(_ config: String) -> EndpointResolver {
        EndpointResolver(
            config: .standard,
            source: Files(files: ["/home/ann/.ssh/config": config, "/p/ssh.cfg": "Host *\n  User project\n"]),
            facts: Self.facts)
    }

    private func endpoints(_ inventory: String, config: String = "") throws -> [HostEndpoint] {
        let inventory = try Inventory(text: inventory, file: "hosts.ini")
        var resolver = resolver(config)
        return try resolver.selection(of: try inventory.select("all"), in: inventory).endpoints
    }

    private func problems(_ text: String, config: String = "") throws -> [String] {
        let inventory = try Inventory(text: text, file: "hosts.ini")
        var resolver = resolver(config)
        let hosts = try inventory.select("all")
        do throws(Diagnostics) {
            _ = try resolver.selection(of: hosts, in: inventory).endpoints
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    @Test func `nothing said is ssh's default`() throws {
        let endpoint = try #require(try endpoints("web").first)
        #expect(endpoint == HostEndpoint(name: try #require(HostName("web")), address: "web", user: "ann"))
        #expect(endpoint.route == "ann@web:22")
    }

    @Test func `a fleet behind a bastion needs nothing but the habit of ssh_config`() throws {
        let config = """
            Host bastion
              HostName bastion.example.net
              User ops
              Port 2201
              IdentityFile ~/.ssh/bastion
            Host 10.0.*
              ProxyJump bastion
              User deploy
              IdentityFile ~/.ssh/fleet
              UserKnownHostsFile ~/.ssh/fleet_hosts
              ServerAliveInterval 15
            """
        let all = try endpoints("[web]\nweb-[1:2]\n[web:vars]\nansible_user=www\nx=1\n", config: config)
        #expect(all.map(\.route) == ["www@web-1:22", "www@web-2:22"])
        let behind = try endpoints(
            "web-1 ansible_host=10.0.0.1\nweb-2 ansible_host=10.0.0.2 ansible_user=x", config: config)
        #expect(
            behind.map(\.route) == [
                "ops@bastion.example.net:2201 > deploy@10.0.0.1:22", "ops@bastion.example.net:2201 > x@10.0.0.2:22",
            ])
        let first = try #require(behind.first)
        #expect(first.identityFiles == ["/home/ann/.ssh/fleet"])
        #expect(first.jumps.first?.identityFiles == ["/home/ann/.ssh/bastion"])
        #expect(first.settings.aliveInterval == 15)
        #expect(first.settings.knownHostsFiles?.first == "/home/ann/.ssh/fleet_hosts")
        #expect(behind[0].jumps == behind[1].jumps)
    }

    @Test func `the inventory goes before ssh's configuration, and key files add up`() throws {
        let endpoint = try #require(
            try endpoints(
                "web ansible_port=2222 ansible_user=inv ansible_private_key_file='~/inv key'",
                config: "Host web\n  HostName 192.0.2.1\n  Port 1\n  User c\n  IdentityFile /k/c\n"
            ).first)
        #expect(endpoint.route == "inv@192.0.2.1:2222")
        #expect(endpoint.identityFiles == ["/home/ann/inv key", "/k/c"])
    }

    @Test func `the command line goes before both, for the host and not its jumps' keys`() throws {
        let config = "Host b\n  ProxyJump none\n  IdentityFile /k/b\nHost *\n  ProxyJump b\n  UserKnownHostsFile /k/h"
        var endpoint = try #require(try endpoints("web ansible_private_key_file=/k/i", config: config).first)
        var options = ConnectionOptions()
        options.identity = "/k/me"
        options.knownHosts = "/k/mine"
        options.override(&endpoint)
        #expect(endpoint.identityFiles == ["/k/me"] && endpoint.settings.identitiesOnly)
        #expect(endpoint.settings.knownHostsFiles == nil)
        let jump = try #require(endpoint.jumps.first)
        #expect(jump.identityFiles == ["/k/b"] && jump.settings.knownHostsFiles == nil)
    }

    @Test(arguments: [
        ("ansible_ssh_common_args='-J ops@b1,b2:23'", "ops@b1:22 > ann@b2:23 > ann@web:22"),
        (#"ansible_ssh_common_args='-o ProxyCommand="ssh -W %h:%p -q -p 2201 ops@b1"'"#, "ops@b1:2201 > ann@web:22"),
        ("ansible_ssh_common_args='-o ProxyCommand=\"nc -x p %h %p\"'", "(nc -x p web 22) > ann@web:22"),
        ("ansible_ssh_args='-C -o ControlMaster=auto -o ControlPersist=60s -p 2200' ansible_port=1", "ann@web:2200"),
        ("ansible_ssh_extra_args='-p 2200 -l x' ansible_port=1", "x@web:1"),
        ("ansible_ssh_common_args='-F /p/ssh.cfg'", "project@web:22"),
        ("ansible_ssh_common_args='-F none -o \"User nobody\"'", "nobody@web:22"),
        ("ansible_host=2001:db8::7", "ann@[2001:db8::7]:22"),
        ("ansible_ssh_common_args=''", "ann@web:22"),
    ])
    func `ssh's options in variables are honoured as Ansible orders them`(variables: String, route: String) throws {
        #expect(try endpoints("web \(variables)").map(\.route) == [route])
    }

    @Test func `settings reach the endpoint`() throws {
        let endpoint = try #require(
            try endpoints(
                "web coord_agent=user ansible_ssh_timeout=7",
                config: """
                    IdentitiesOnly yes
                    IdentityAgent ~/agent
                    CertificateFile ~/c.pub
                    HostKeyAlias Cluster
                    StrictHostKeyChecking accept-new
                    ServerAliveCountMax 4
                    """
            ).first)
        var settings = SSHSettings()
        settings.identitiesOnly = true
        settings.identityAgent = .socket("/home/ann/agent")
        settings.certificateFiles = ["/home/ann/c.pub"]
        settings.hostKeyAlias = "cluster"
        settings.newHostKey = .recorded
        settings.connectTimeout = 7
        settings.aliveCountMaximum = 4
        #expect(endpoint.settings == settings)
        #expect(endpoint.agentScope == .user)
    }

    @Test func `vagrant's configuration reaches its host, with the key checked`() throws {
        let config =
            "Host default\n  HostName 127.0.0.1\n  User vagrant\n  Port 2222\n  UserKnownHostsFile /dev/null\n"
            + "  StrictHostKeyChecking no\n  IdentityFile /v/private_key\n  IdentitiesOnly yes\n"
        let inventory = try Inventory(text: "default", file: "hosts.ini")
        var resolver = resolver(config)
        let selection = try resolver.selection(of: try inventory.select("all"), in: inventory)
        let endpoint = try #require(selection.endpoints.first)
        #expect(endpoint.route == "vagrant@127.0.0.1:2222")
        #expect(endpoint.settings.knownHostsFiles == nil && endpoint.settings.newHostKey == .refused)
        #expect(
            resolver.notices.map(\.description) == [
                "/home/ann/.ssh/config:6:3: host keys are checked all the same: "
                    + "StrictHostKeyChecking no is not supported"
            ])
    }

    @Test func `host_key_checking of the inventory is named once for all hosts`() throws {
        let inventory = try Inventory(
            text: "[web]\nweb-[1:9]\n[web:vars]\nansible_host_key_checking=false", file: "hosts.ini")
        var resolver = resolver("")
        _ = try resolver.selection(of: try inventory.select("all"), in: inventory).endpoints
        #expect(resolver.notices.map { $0.location?.description } == ["hosts.ini:4:1"])
    }

    @Test func `the problems of all hosts are told at once, a common one once`() throws {
        let text = """
            [web]
            web-[1:5]
            bad ansible_port=x
            worse ansible_ssh_common_args='-Z'
            [web:vars]
            ansible_become_user=app
            """
        #expect(
            try problems(text) == [
                "hosts.ini:6:1: host 'web-1': ansible_become_user 'app' is not supported: "
                    + "the agent is root's or the login user's (7 hosts: web-[1-5],bad,worse)",
                "hosts.ini:3:5: host 'bad': ansible_port 'x' is not a port in 1…65535",
            ])
        #expect(
            try problems("w ansible_ssh_common_args='-Z'") == [
                "hosts.ini:1:3: host 'w': ansible_ssh_common_args: ssh has no option '-Z'"
            ])
        #expect(
            try problems("a\nb\nc", config: "Usr x\n") == [
                "/home/ann/.ssh/config:1:1: unknown keyword 'Usr'; did you mean 'User'? (3 hosts: a,b,c)"
            ])
    }

    @Test func `a password for sudo that is a template is no problem where the command line gives one`() throws {
        let text = "web ansible_become_pass='{{ vault }}'"
        #expect(
            try problems(text) == [
                "hosts.ini:1:5: host 'web': ansible_become_pass is a template, and templates are not evaluated here"
            ])
        let inventory = try Inventory(text: text, file: "hosts.ini")
        var resolver = EndpointResolver(
            config: .none, source: Files(files: [:]), facts: Self.facts, hasBecomePassword: true)
        #expect(try resolver.selection(of: try inventory.select("all"), in: inventory).endpoints.count == 1)
    }
}
