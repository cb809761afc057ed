import AgentProtocol
import Foundation
import Testing

@Suite struct ConfigurationTests {
    private let release = TestRelease("1.0")

    private func file(
        _ path: String, _ text: String, mode: UInt64 = 0o640, isSecret: Bool = false, replaces: Bool = false,
        owner: String = ""
    ) -> ConfigurationFile {
        ConfigurationFile(
            path: path, mode: mode, owner: owner, group: "", replaces: replaces, isSecret: isSecret,
            content: Array(text.utf8))
    }

    /// Sends artifact and bundle, and stages them in `directory`.
    private func stage(
        _ files: [ConfigurationFile], on agent: AgentConnection, _ claim: Claim, _ definition: ServiceDefinition,
        directory: String = ""
    ) throws -> StepResult {
        try agent.begin(claim, definition)
        var reference = release.reference
        reference.directory = directory
        var offset = Int(try agent.offer(claim, reference))
        while offset < release.packed.count {
            try agent.send(
                .chunk(
                    Chunk(
                        packedDigest: reference.packedDigest, offset: UInt64(offset),
                        content: Array(release.packed[offset...]))))
            offset = release.packed.count
        }
        let bundle = WireWriter.encode(ConfigurationBundle(salt: [1, 2, 3], files: files))
        let digest = SHA256.hex(of: bundle), size = UInt64(bundle.count)
        let bundleReference = ArtifactReference(
            release: "1.0", digest: digest, size: size, packedDigest: digest, packedSize: size)
        let offer = Offer(claim: claim, artifact: bundleReference, isConfiguration: true)
        #expect(try agent.ask(.offer(offer)) == .wanted(offset: 0))
        try agent.send(.chunk(Chunk(packedDigest: digest, offset: 0, content: bundle)))
        let perform = Perform(
            claim: claim, step: "stage", action: .stage(reference),
            configuration: ConfigurationReference(digest: digest, size: size))
        guard case .performed(let result) = try agent.ask(.perform(perform)) else {
            throw CocoaError(.featureUnsupported)
        }
        return result
    }

    private func compare(_ files: [ConfigurationFile], _ agent: AgentConnection, _ host: AgentHost) throws -> Comparison
    {
        let nonce = [UInt8](repeating: 7, count: 32)
        let question = Compare(
            installDirectory: host.install, digest: release.reference.digest, nonce: nonce,
            files: files.map { FileProof(of: $0, nonce: nonce) })
        let reply = try agent.ask(.compare(question))
        guard case .compared(let comparison) = reply else { throw AgentConnection.Unexpected(reply: reply) }
        return comparison
    }

    @Test func `files come into the release with their modes, and leave no trace elsewhere`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        let canary = "canary-\(UUID().uuidString)"
        let files = [file("config/shop.env", "A=1\n"), file("config/db.secret", canary, mode: 0o400, isSecret: true)]
        #expect(try stage(files, on: agent, host.claim(), host.definition()).ending == .succeeded)
        let root = host.install + "/releases/1.0/"
        let modes = try files.map {
            try FileManager.default.attributesOfItem(atPath: root + $0.path)[.posixPermissions] as? Int
        }
        #expect(modes == [0o640, 0o400])
        try agent.finish(host.claim())
        #expect(try places(of: canary, in: host.root) == ["app/releases/1.0/config/db.secret"])
        let digest = SHA256.hex(of: Array(canary.utf8))
        #expect(try places(of: digest, in: host.root).isEmpty)
    }

    @Test func `a failed or abandoned staging leaves no secret behind`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        let canary = "canary-\(UUID().uuidString)"
        let files = [file("config/db.secret", canary, isSecret: true), file("version", "mine")]
        let result = try stage(files, on: agent, host.claim(), host.definition())
        #expect(result.ending == .archiveRefused)
        #expect(result.problem.hasPrefix("the release has a file version of its own"))
        #expect(try places(of: canary, in: host.root).isEmpty)
        let bundle = Array(canary.utf8), digest = SHA256.hex(of: bundle), size = UInt64(bundle.count)
        let reference = ArtifactReference(
            release: "1.0", digest: digest, size: size, packedDigest: digest, packedSize: size)
        _ = try agent.ask(.offer(Offer(claim: host.claim(), artifact: reference, isConfiguration: true)))
        try agent.send(.chunk(Chunk(packedDigest: digest, offset: 0, content: bundle)))
        _ = try agent.inspect(host.definition())
        #expect(try places(of: canary, in: host.root).count == 1)
        host.kill()
        try host.start()
        #expect(try places(of: canary, in: host.root).isEmpty)
    }

    @Test func `a release is found again by its configuration, as it really is`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        let files = [file("config/a", "one"), file("config/b", "two", isSecret: true)]
        #expect(try stage(files, on: agent, host.claim(), host.definition(), directory: "1.0+r1").ending == .succeeded)
        #expect(try agent.perform(host.claim(), "activate", .activate(release: "1.0+r1")).ending == .succeeded)
        #expect(host.current == "releases/1.0+r1")
        let found = try compare(files, agent, host)
        #expect(found.matching.map(\.name) == ["1.0+r1"] && found.matching.first?.releaseName == "1.0")
        let other = try compare([file("config/a", "1", mode: 0o644), file("config/c", "3")], agent, host)
        #expect(other.matching.isEmpty)
        #expect(other.files.map(\.kind) == [.changed, .added, .removed])
        #expect(
            try compare([file("config/a", "one", mode: 0o600), files[1]], agent, host).files.map(\.kind) == [
                .attributes, .same,
            ])
        try "drift".write(toFile: host.install + "/current/config/a", atomically: false, encoding: .utf8)
        #expect(try compare(files, agent, host).matching.isEmpty)
        #expect(try compare([], agent, host).matching.isEmpty)
        #expect(
            try compare([file("x", "", owner: "nobody-here")], agent, host).problem.contains("no user 'nobody-here'"))
    }

    @Test func `hooks are told the release's own name and its directory`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        let script = "#!/bin/sh\necho $COORD_RELEASE $(basename $COORD_RELEASE_DIR) ${COORD_PREVIOUS:-none} >> told\n"
        let definition = host.definition(hooks: [Hook(point: .afterInstall, name: "tell", content: Array(script.utf8))])
        for (number, directory) in ["1.0", "1.0+r2", "1.0+r3"].enumerated() {
            let claim = host.claim("r\(number + 1)", epoch: UInt64(number + 1))
            let files = [file("config/a", "\(number)")]
            #expect(try stage(files, on: agent, claim, definition, directory: directory).ending == .succeeded)
            #expect(try agent.perform(claim, "activate", .activate(release: directory)).ending == .succeeded)
            try agent.finish(claim)
        }
        #expect(host.text("told") == "1.0 1.0 none\n1.0 1.0+r2 1.0\n1.0 1.0+r3 1.0")
    }

    @Test func `only files of the configuration that are no secrets can be read, and through no link`() throws {
        let host = try AgentHost()
        let agent = try host.connect()
        let files = [file("config/a", "one"), file("config/b", "two", isSecret: true)]
        _ = try stage(files, on: agent, host.claim(), host.definition())
        _ = try agent.perform(host.claim(), "activate", .activate(release: "1.0"))
        func read(_ path: String) throws -> Reply {
            try agent.ask(.read(ReadFile(installDirectory: host.install, path: path)))
        }
        #expect(try read("config/a") == .content(FileContent(content: Array("one".utf8), isCut: false)))
        for path in ["config/b", "version", "../../../etc/passwd", "/etc/passwd", ""] {
            guard case .refused = try read(path) else {
                Issue.record("\(path) was read")
                continue
            }
        }
        try FileManager.default.removeItem(atPath: host.install + "/current/config/a")
        try FileManager.default.createSymbolicLink(
            atPath: host.install + "/current/config/a", withDestinationPath: "/etc/passwd")
        guard case .refused = try read("config/a") else { return #expect(Bool(false), "a link was followed") }
    }

    /// The files below `root` that hold `text`, or are called so.
    private func places(of text: String, in root: String) throws -> [String] {
        let needle = Data(text.utf8)
        let paths = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return paths.filter { path in
            let content = FileManager.default.contents(atPath: root + "/" + path) ?? Data()
            return path.contains(text) || content.range(of: needle) != nil
        }.filter { !$0.hasPrefix("app/current") }
    }
}
