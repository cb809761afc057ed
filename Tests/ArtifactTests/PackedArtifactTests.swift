import AgentProtocol
@testable import Artifact
import FleetModel
import Foundation
import Testing

@Suite struct PackedArtifactTests {
    @Test func `chunks are the packed file, however they are cut`() throws {
        let workspace = try Workspace()
        try workspace.run("mkdir tree; head -c 300000 /dev/urandom > tree/f")
        let artifact = try workspace.load("tree")
        var bytes: [UInt8] = []
        while true {
            let chunk = try artifact.readChunk(offset: UInt64(bytes.count), count: 70_001)
            if chunk.isEmpty { break }
            bytes += chunk
        }
        #expect(Data(bytes) == (try Data(contentsOf: URL(fileURLWithPath: artifact.packedFile))))
        #expect(UInt64(bytes.count) == artifact.packedSize)
        #expect(try artifact.readChunk(offset: .max, count: 10) == [])
        #expect(try artifact.readChunk(offset: 5, count: 3) == Array(bytes[5..<8]))
    }

    @Test func `what was loaded stays readable when its stored file is removed`() throws {
        let workspace = try Workspace()
        try workspace.run("mkdir tree; echo x > tree/f")
        let artifact = try workspace.load("tree")
        #expect(try workspace.storedNames() == ["\(artifact.digest).tar.zst"])
        try FileManager.default.removeItem(atPath: artifact.packedFile)
        #expect(try unpack(artifact) == ["f": "f644:x\n"])
    }

    @Test(arguments: [
        "printf y > tree/f", "printf xx > tree/f", ": > tree/f", "rm tree/f; mkfifo tree/f",
        "rm tree/f; ln -s g tree/f", "cp tree/f f; mv f tree/f", "rm tree/f",
    ])
    func `a file that changes while it is packed is an error`(change: String) throws {
        let workspace = try Workspace()
        try workspace.run("mkdir tree store; printf x > tree/f; printf x > tree/g; touch -d @5 tree/f")
        let context = ArtifactContext(artifact: "tree")
        let nodes = try DirectorySource(workspace["tree"], context).tree().sorted()
        let (file, _) = try OpenFile.temporary(prefix: workspace["store"] + "/")
        var packer = try Packer(size: Packer.size(of: nodes, context), from: file, to: file, context)
        try workspace.run(change)
        let error = try #require(throws: ArtifactError.self) { try packer.pack(nodes) }
        #expect(error.entry == "f")
    }

    @Test func `the reference names the release, the archive and the transfer`() throws {
        let workspace = try Workspace()
        try workspace.run("mkdir tree; echo x > tree/f")
        let artifact = try workspace.load("tree")
        let release = try #require(ReleaseID("shop-1"))
        let reference = artifact.reference(release: release)
        #expect(reference.release == "shop-1")
        #expect(reference.digest == artifact.digest.hex)
        #expect(reference.packedDigest == artifact.packedDigest.hex)
        #expect((reference.size, reference.packedSize) == (artifact.size, artifact.packedSize))
    }

    @Test(arguments: [
        ("build/shop-1.4.2.tar.gz", "shop-1.4.2"), ("shop.tar.zst", "shop"), ("shop.tgz", "shop"),
        ("/srv/shop/", "shop"), ("my shop (1).tar", "my-shop--1-"), (".", "release"), ("", "release"),
        ("..hidden", "hidden"), ("größe", "gr--e"), ("-x", "x"), ("shop.zip", "shop.zip"),
    ])
    func `a release without a name gets its file's and its digest`(fileName: String, base: String) throws {
        let digest = try #require(Digest(hex: String(repeating: "ab", count: 32)))
        #expect(Artifact.defaultReleaseID(fileName: fileName, digest: digest).text == base + "-abababababab")
    }

    @Test func `the longest file name makes a release name`() throws {
        let digest = try #require(Digest(hex: String(repeating: "ab", count: 32)))
        let name = Artifact.defaultReleaseID(fileName: String(repeating: "n", count: 255), digest: digest)
        #expect(name.text.hasSuffix("n-abababababab"))
    }
}
