import Artifact
import FleetModel
import Testing

@Suite struct StoredArtifactTests {
    @Test func `what was stored can be had again without its source`() throws {
        let workspace = try Workspace()
        try workspace.run("mkdir -p tree/d; head -c 400000 /dev/urandom > tree/d/f; ln -s d/f tree/l")
        let loaded = try workspace.load("tree")
        try workspace.run("rm -r tree")
        let stored = try #require(Artifact.stored(loaded.digest, in: workspace["store"]))
        #expect(stored.digest == loaded.digest)
        #expect(stored.size == loaded.size)
        #expect(stored.packedDigest == loaded.packedDigest)
        #expect(stored.packedSize == loaded.packedSize)
        #expect(stored.entryCount == 3)
        #expect(try stored.readChunk(offset: 0, count: .max) == loaded.readChunk(offset: 0, count: .max))
    }

    @Test(arguments: [
        "rm $f", ": > $f", "truncate -s -1 $f", "truncate -s 100 $f", "echo x >> $f", "tar -c tree | zstd -q > $f",
        "printf x | dd of=$f bs=1 seek=3000 conv=notrunc 2> dd.log", "printf x | zstd -q > $f",
    ])
    func `a stored file that is damaged is not there`(damage: String) throws {
        let workspace = try Workspace()
        try workspace.run("mkdir tree; head -c 400000 /dev/urandom > tree/f")
        let digest = try workspace.load("tree").digest
        try workspace.run("f=store/\(digest).tar.zst\n" + damage)
        #expect(Artifact.stored(digest, in: workspace["store"])?.digest == nil)
    }
}
