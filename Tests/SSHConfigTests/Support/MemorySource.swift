import Glibc
import SSHConfig

/// Files that exist only for the test.
struct MemorySource: SSHConfigSource {
    var files: [String: String]
    /// Paths that someone else could have written.
    var unguarded: Set<String> = []

    func paths(matching pattern: String) -> [String] {
        files.keys.filter { fnmatch(pattern, $0, FNM_PATHNAME | FNM_PERIOD) == 0 }.sorted()
    }

    func contents(of path: String, isGuarded: Bool) throws(SSHConfigFileError) -> [UInt8]? {
        if isGuarded, unguarded.contains(path) { throw SSHConfigFileError("may be written by others") }
        return files[path].map { Array($0.utf8) }
    }
}

extension LocalFacts {
    /// A machine that is the same wherever the tests run.
    static let example = LocalFacts(
        home: "/home/ann", user: "ann", userID: 1000, hostName: "laptop.example.org",
        environment: ["SITE": "fra", "AGENT": "/run/agent.sock"])
}
