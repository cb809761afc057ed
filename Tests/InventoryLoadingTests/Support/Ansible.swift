import Foundation
import Testing

/// The real `ansible-inventory`, as `tools/setup` installs it.
enum Ansible {
    struct Missing: Error, CustomStringConvertible {
        let path: String
        var description: String { "there is no '\(path)': run tools/setup" }
    }

    private static var program: URL {
        let environment = ProcessInfo.processInfo.environment
        let cache =
            environment["XDG_CACHE_HOME"].map { URL(filePath: $0) } ?? URL.homeDirectory.appending(path: ".cache")
        return cache.appending(path: "coord/ansible-core-2.19/bin/ansible-inventory")
    }

    /// What it prints; what it complains of is not kept.
    static func inventory(_ arguments: [String], in folder: URL) throws -> String {
        guard FileManager.default.isExecutableFile(atPath: program.path) else { throw Missing(path: program.path) }
        let scratch = try Scratch()
        // Neither the user's nor the machine's configuration counts.
        let configuration = try scratch.write("[defaults]\n", to: "ansible.cfg")
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = [
            "ANSIBLE_CONFIG": configuration, "ANSIBLE_HOME": scratch.path, "HOME": scratch.path, "LC_ALL": "C.UTF-8",
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
