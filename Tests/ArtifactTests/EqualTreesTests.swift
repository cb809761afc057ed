import Artifact
import FleetModel
import Testing

@Suite struct EqualTreesTests {
    /// A bit of everything that releases hold; the second `é` is two code points, the long name needs a pax header.
    private static let longName = String(repeating: "n", count: 150)
    private static let makeTree = """
        mkdir -p tree/bin tree/lib/empty tree/lib/v1
        printf '#!' > tree/bin/run; chmod 755 tree/bin/run
        printf data > tree/lib/v1/data; ln -s v1 tree/lib/current; ln -s ../lib/current/data tree/bin/data
        : > tree/nothing; printf x > tree/lib-a; chmod 600 tree/lib-a
        printf 1 > 'tree/\u{E9}'; printf 2 > 'tree/e\u{301}'; printf 3 > 'tree/with space'; printf 4 > tree/\(longName)
        """

    @Test func `what a host gets is what was in the directory`() throws {
        let workspace = try Workspace()
        try workspace.run(Self.makeTree)
        let artifact = try workspace.load("tree")
        #expect(
            try unpack(artifact) == [
                "bin": "d755", "bin/run": "f755:#!", "bin/data": "->../lib/current/data", "lib": "d755",
                "lib/current": "->v1", "lib/empty": "d755", "lib/v1": "d755", "lib/v1/data": "f644:data",
                "lib-a": "f600:x", "nothing": "f644:", "with space": "f644:3", Self.longName: "f644:4",
                #"\xc3\xa9"#: "f644:1", #"e\xcc\x81"#: "f644:2",
            ]
        )
    }

    @Test(arguments: [
        "tar -C tree -cf a .", "tar -C tree -czf a .", "tar -C tree -c . | zstd -q > a",
        "tar -C tree --format=pax -cf a .", "tar -C tree --format=oldgnu -cf a .", "cd tree; tar -cf ../a *",
        "cd tree; tar -cf ../a $(ls -r | tr ' ' '?')", "tar -C tree --owner=joe:7 --mtime=@9 -cf a .",
        "tar -C tree -cf a . ; tar -C tree -rf a --no-recursion ./lib",
    ])
    func `a directory and its archives are one release`(pack: String) throws {
        let workspace = try Workspace()
        try workspace.run(Self.makeTree)
        try workspace.run(pack)
        let (archive, directory) = (try workspace.load("a"), try workspace.load("tree"))
        #expect(archive.digest == directory.digest)
        #expect(archive.size == directory.size)
        #expect(archive.packedDigest == directory.packedDigest)
    }

    @Test func `names that are not UTF-8 keep their bytes`() throws {
        let workspace = try Workspace()
        try workspace.run(#"mkdir tree; printf 1 > "tree/$(printf 'gr\374n')"; tar -C tree --format=gnu -cf a ."#)
        #expect(try unpack(workspace.load("a")) == [#"gr\xfcn"#: "f644:1"])
        #expect(try unpack(workspace.load("tree")) == [#"gr\xfcn"#: "f644:1"])
    }

    @Test func `times and order make no difference, modes and contents do`() throws {
        let workspace = try Workspace()
        try workspace.run("mkdir tree; printf 1 > tree/a; printf 2 > tree/b")
        let first = try workspace.load("tree").digest
        try workspace.run("touch -d @5 tree tree/a; mv tree/b b; mv b tree/b; cp -r tree copy")
        #expect(try workspace.load("tree").digest == first)
        #expect(try workspace.load("copy").digest == first)
        try workspace.run("chmod 755 tree/a; printf 3 > copy/b")
        #expect(try workspace.load("tree").digest != first)
        #expect(try workspace.load("copy").digest != first)
    }

    @Test func `hard links become copies, in a directory and in its archive`() throws {
        let workspace = try Workspace()
        try workspace.run("mkdir tree; printf 1 > tree/a; ln tree/a tree/b; tar -C tree -cf a .")
        #expect(try unpack(workspace.load("a")) == ["a": "f644:1", "b": "f644:1"])
        #expect(try workspace.load("a").digest == workspace.load("tree").digest)
    }

    @Test func `directories that an archive does not list are there`() throws {
        let workspace = try Workspace()
        try workspace.run("mkdir -p x/y; printf 1 > x/y/z; tar -cf a x/y/z")
        #expect(try unpack(workspace.load("a")) == ["x": "d755", "x/y": "d755", "x/y/z": "f644:1"])
    }

    @Test func `holes of sparse files are zeros`() throws {
        let workspace = try Workspace()
        try workspace.run(
            "mkdir tree; truncate -s 3M tree/f; printf end >> tree/f; tar -C tree --sparse -cf a .; tar -C tree -cf b ."
        )
        let sparse = try workspace.load("a")
        #expect(sparse.digest == (try workspace.load("b").digest))
        #expect(sparse.digest == (try workspace.load("tree").digest))
        #expect(sparse.packedSize < 10_000)
    }
}
