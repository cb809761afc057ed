import AgentProtocol
import Testing

@Suite struct ArchivePathTests {
    @Test(
        arguments: [
            ("a", nil), ("a/b/c", nil), (".hidden", nil), ("a/..b", nil), ("...", nil), ("sp ace\n", nil),
            ("", .emptyComponent), ("/", .absolutePath), ("/etc/passwd", .absolutePath), ("a//b", .emptyComponent),
            ("a/", .emptyComponent), (".", .emptyComponent), ("./a", .emptyComponent), ("a/./b", .emptyComponent),
            ("..", .parentInPath), ("../a", .parentInPath), ("a/../b", .parentInPath), ("a/..", .parentInPath),
            ("a\0b", .zeroByteInPath), (String(repeating: "n", count: 256), .pathTooLong),
            (String(repeating: "d/", count: 2047) + "d", nil), (String(repeating: "d/", count: 2048), .pathTooLong),
        ] as [(String, ArchiveError.Problem?)])
    func `paths that leave the release or are not plain are refused`(path: String, problem: ArchiveError.Problem?) {
        #expect(ArchivePath.problem(with: Array(path.utf8)) == problem)
    }

    @Test(
        arguments: [
            ("l", "a", nil), ("l", "./a/b", nil), ("d/l", "../a", nil), ("d/l", "..", nil), ("d/e/l", "../../a", nil),
            ("d/l", ".././a", nil), ("l", ".", nil), ("l", "a/", nil),
            ("l", "", .emptyLink), ("l", "/bin/sh", .absoluteLink), ("l", "a\0", .zeroByteInPath),
            ("l", "..", .linkLeavesRelease), ("d/l", "../..", .linkLeavesRelease),
            ("d/l", "../../d/a", .linkLeavesRelease),
            // Where `a` is a link to another depth, this leads out.
            ("d/l", "a/..", .linkLeavesRelease), ("d/e/l", "../a/../b", .linkLeavesRelease),
        ] as [(String, String, ArchiveError.Problem?)])
    func `links that leave the release are refused`(path: String, target: String, problem: ArchiveError.Problem?) {
        #expect(ArchivePath.problem(withLinkAt: Array(path.utf8), to: Array(target.utf8)) == problem)
    }

    @Test func `the order is that of a walk`() {
        let walk = ["a", "a/!", "a/b", "a/b/c", "a/c", "a!", "a-b", "ab", "b", "ä"].map { Array($0.utf8) }
        for (index, left) in walk.enumerated() {
            for (other, right) in walk.enumerated() {
                #expect(ArchivePath.precedes(left, right) == (index < other))
            }
        }
    }
}
