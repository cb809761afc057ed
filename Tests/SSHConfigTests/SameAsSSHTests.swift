import FleetModel
import Foundation
import Testing

@testable import SSHConfig

/// Every honoured keyword has the value that the real `ssh -G` prints.
@Suite struct SameAsSSHTests {
    @Test(arguments: PeoplesConfig.all) func `ssh and we make the same of`(_ config: PeoplesConfig) async throws {
        let folder = try Folder()
        let files = try folder.write(config.files)
        let path = folder.url.appending(path: "config").path(percentEncoded: false)
        let facts = try #require(OpenSSH.facts)
        let ssh = OpenSSH(directory: folder.url)
        let parsed = try SSHConfig(.file(path), from: MemorySource(files: files), facts: facts)
        for host in config.hosts {
            let theirs = try await ssh.dump(["-F", path] + config.arguments + [host])
            let defaults = try await ssh.dump(["-F", "none", "--", host])
            var options = SSHOptions()
            for setting in try SSHArguments(config.arguments, at: nil).options.settings {
                options.settings.append(setting)
            }
            let evaluation = try Evaluation(parsed, for: host, options: options, facts: facts)
            let ours = try Self.dump(evaluation, host, facts)
            try #require(theirs["hostname"] != nil, "ssh refused \(config.name)")
            for keyword in Self.keywords {
                let expected = theirs[keyword] ?? []
                #expect((ours[keyword] ?? defaults[keyword] ?? []) == expected, "\(keyword) of \(host)")
            }
        }
    }

    /// Where ssh stops with an error, so do we.
    @Test(arguments: PeoplesConfig.mistakes) func `what ssh refuses, we refuse`(text: String) async throws {
        let folder = try Folder()
        let files = try folder.write(["config": text])
        let path = folder.url.appending(path: "config").path(percentEncoded: false)
        let outcome = try await OpenSSH(directory: folder.url).run(["-G", "-F", path, "h"])
        #expect(outcome.status != 0, "ssh takes it")
        let source = MemorySource(files: files)
        var finder = SSHRouteFinder(config: .file(path), source: source, facts: try #require(OpenSSH.facts))
        let error = #expect(throws: Diagnostics.self) { try finder.route(to: "h") }
        let location = try #require(error?.all.first?.location)
        #expect(location.file == path && location.line >= 1)
    }

    /// `-G` shows key files as written; what they are expanded to, ssh tells when it looks for them.
    @Test func `key files are expanded as ssh expands them`() async throws {
        let folder = try Folder()
        let text = """
            Host *
              HostName %h.example.net
              User deploy
              Port 2022
              HostKeyAlias Known
              IdentityFile ~/.ssh/%r-%n-%h-%p
              IdentityFile %d/%u/%l/%L/%i/%k/100%%
              IdentityFile /keys/${SITE}/key
            """
        let files = try folder.write(["config": text])
        let path = folder.url.appending(path: "config").path(percentEncoded: false)
        let outcome = try await OpenSSH(directory: folder.url).run(
            ["-v", "-F", path, "-o", "ProxyCommand=false", "-o", "BatchMode=yes", "web"])
        let theirs = outcome.errors.matches(of: /identity file (.+) type -1/).map { String($0.1) }
            .filter { !$0.hasSuffix("-cert") }
        let facts = try #require(OpenSSH.facts)
        var finder = SSHRouteFinder(config: .file(path), source: MemorySource(files: files), facts: facts)
        #expect(theirs.count == 3)
        #expect(try finder.route(to: "web").host.identityFiles == theirs)
    }

    static let keywords = [
        "hostname", "user", "port", "identityfile", "certificatefile", "identitiesonly", "identityagent",
        "userknownhostsfile", "globalknownhostsfile", "proxyjump", "proxycommand", "stricthostkeychecking",
        "connecttimeout", "serveraliveinterval", "serveralivecountmax", "hostkeyalias",
    ]

    /// As `ssh -G` prints it, where something is set: key files and the system's known hosts as written.
    static func dump(_ evaluation: Evaluation, _ name: String, _ facts: LocalFacts) throws -> [String: [String]] {
        let host = try SSHHost(evaluation, originalName: name, facts: facts)
        let values = evaluation.values
        var dump: [String: [String]] = ["hostname": [host.hostName], "user": [host.user]]
        dump["port"] = host.port.map { ["\($0)"] }
        if !values.identityFiles.isEmpty { dump["identityfile"] = values.identityFiles.map(\.value) }
        if !values.certificateFiles.isEmpty { dump["certificatefile"] = values.certificateFiles.map(\.value) }
        dump["identitiesonly"] = host.identitiesOnly.map { [$0 ? "yes" : "no"] }
        dump["identityagent"] = values.identityAgent.map { agent in
            if case .socket(let path) = host.identityAgent, !agent.value.hasPrefix("$A") {
                [path]
            } else {
                [agent.value]
            }
        }
        dump["userknownhostsfile"] = host.userKnownHostsFiles.map(joined)
        dump["globalknownhostsfile"] = values.globalKnownHostsFiles.map { joined($0.value) }
        switch values.proxy?.value {
        case .jump(let jumps): dump["proxyjump"] = [jumps.map(shown).joined(separator: ",")]
        case .command(let command): dump["proxycommand"] = [command]
        case .direct, nil: break
        }
        dump["stricthostkeychecking"] = host.hostKeyChecking.map {
            [$0 == .off ? "false" : $0 == .yes ? "true" : $0.rawValue]
        }
        dump["connecttimeout"] = host.connectTimeout.map { ["\($0)"] }
        dump["serveraliveinterval"] = host.aliveInterval.map { ["\($0)"] }
        dump["serveralivecountmax"] = host.aliveCountMaximum.map { ["\($0)"] }
        dump["hostkeyalias"] = host.hostKeyAlias.map { [$0] }
        return dump
    }

    private static func joined(_ paths: [String]) -> [String] {
        [paths.isEmpty ? "none" : paths.joined(separator: " ")]
    }

    /// ssh puts brackets around numeric addresses.
    private static func shown(_ jump: JumpHost) -> String {
        let isNumeric = jump.host.allSatisfy { $0.isNumber || $0 == "." }
        guard isNumeric else { return jump.description }
        var bracketed = jump
        bracketed.host = "[\(jump.host)]"
        return bracketed.description
    }
}
