import Artifact
import Testing

@Suite struct RefusalTests {
    struct Case: CustomTestStringConvertible {
        var make: String
        var artifact = "tree"
        var entry: String?
        var problem: String
        var hasRemedy = true

        var testDescription: String { make.isEmpty ? problem : make }
    }

    @Test(arguments: [
        Case(make: "", problem: "cannot open it: No such file or directory"),
        Case(make: "mkdir tree", problem: "holds nothing"),
        Case(make: "mkdir tree; mkfifo tree/p", entry: "p", problem: "is a named pipe"),
        Case(make: "mkfifo tree", problem: "is neither a directory nor a file", hasRemedy: false),
        Case(make: "mkdir tree; : > tree/s; chmod 4755 tree/s", entry: "s", problem: "set-user-id"),
        Case(make: "mkdir tree; ln -s /bin/sh tree/sh", entry: "sh", problem: "target is absolute"),
        Case(make: "mkdir tree; ln -s ../x tree/l", entry: "l", problem: "lead out of the release"),
        Case(make: "mkdir -p tree/d; ln -s d/../.. tree/l", entry: "l", problem: "lead out of the release"),
    ])
    func `a directory that hosts would refuse is refused at once`(refusal: Case) throws { try expect(refusal) }

    @Test(arguments: [
        Case(make: ": > a", problem: "not a tar archive"),
        Case(make: "echo hello > a", problem: "not a tar archive"),
        Case(make: "echo hello | gzip > a", problem: "not a tar archive"),
        Case(make: "echo x > f; tar -c f | xz > a", problem: "not a tar archive"),
        Case(make: "tar -cf a -T /dev/null", problem: "holds nothing"),
        Case(make: "head -c 100000 /dev/urandom > f; tar -c f | head -c 50000 > a", entry: "f", problem: "not a tar"),
        Case(make: "head -c 100000 /dev/urandom > f; tar -cz f | head -c 50000 > a", problem: "truncated gzip input"),
        Case(make: "echo x > f; tar -Pcf a $PWD/f", entry: "*/f", problem: "the path is absolute"),
        Case(make: "mkdir d; echo x > f; cd d; tar -Pcf ../a ../f", entry: "../f", problem: "the path has a '..'"),
        Case(make: "mkfifo p; tar -cf a p", entry: "p", problem: "is a named pipe"),
        Case(make: "tar -cf a /dev/null", entry: "dev/null", problem: "is a device"),
        Case(make: ": > s; chmod 2755 s; tar -cf a s", entry: "s", problem: "set-user-id"),
        Case(make: "ln -s ../../etc l; tar -cf a l", entry: "l", problem: "lead out of the release"),
        Case(make: "echo x > f; tar -cf a f; tar -rf a f", entry: "f", problem: "listed twice"),
        Case(
            make: "ln -s b l; tar -cf a l; rm l; mkdir l; : > l/f; tar -rf a l/f", entry: "l/f",
            problem: "not in a directory"
        ),
        Case(
            make: ": > f; ln f g; tar -cf a f g; tar --delete -f a f", entry: "g", problem: "is a hard link"
        ),
    ])
    func `an archive that hosts would refuse is refused at once`(refusal: Case) throws {
        var refusal = refusal
        refusal.artifact = "a"
        try expect(refusal)
    }

    private func expect(_ refusal: Case) throws {
        let workspace = try Workspace()
        try workspace.run(refusal.make)
        let error = try #require(throws: ArtifactError.self) { try workspace.load(refusal.artifact) }
        #expect(error.artifact == workspace[refusal.artifact])
        #expect(error.problem.contains(refusal.problem), "\(error)")
        #expect((error.remedy != nil) == refusal.hasRemedy)
        if let entry = refusal.entry, entry.hasPrefix("*") {
            #expect(error.entry?.hasSuffix(entry.dropFirst()) == true, "\(error)")
        } else {
            #expect(error.entry == refusal.entry, "\(error)")
        }
        #expect(try workspace.storedNames() == [], "something was left behind")
    }

    @Test func `hostile names are shown without their control characters`() throws {
        let workspace = try Workspace()
        try workspace.run(#"mkdir tree; mkfifo "tree/$(printf 'a\033[2Jb')""#)
        let error = try #require(throws: ArtifactError.self) { try workspace.load("tree") }
        #expect(error.entry == "a[2Jb")
    }
}
