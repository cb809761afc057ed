import Foundation
import RolloutDriver
import SSHConfig
import InputFiles

/// The files of ssh's configuration on this machine, with ssh's own care about who could have written them.
struct SSHConfigFiles: SSHConfigSource {
    func paths(matching pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        // Unreadable folders and no matches both leave nothing (glob(3)); ssh goes on as well.
        guard glob(pattern, 0, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in paths[index].map { String(cString: $0) } }
    }

    func contents(of path: String, isGuarded: Bool) throws(SSHConfigFileError) -> [UInt8]? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SSHConfigFileError("can't be read: \(String(cString: strerror(errno)))")
        }
        if isGuarded { try check(status, of: path) }
        do throws(InputFileError) {
            return try InputFile.read(path, maximumBytes: SSHConfigLimits.maximumFileBytes)
        } catch {
            throw SSHConfigFileError("\(error)")
        }
    }

    private func check(_ status: stat, of path: String) throws(SSHConfigFileError) {
        guard status.st_uid == 0 || status.st_uid == getuid() else {
            throw SSHConfigFileError(
                "belongs to somebody else, who could send you anywhere",
                hint: "ssh refuses it too: chown it to yourself")
        }
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw SSHConfigFileError(
                "can be written by others, who could send you anywhere", hint: "ssh refuses it too: chmod go-w \(path)")
        }
    }
}

extension LocalFacts {
    /// Of this machine, and the person who runs this program.
    static var ours: LocalFacts {
        var name = [CChar](repeating: 0, count: Int(HOST_NAME_MAX) + 1)
        // On failure (gethostname(2): never with such a buffer) the name stays empty.
        gethostname(&name, name.count - 1)
        let environment = ProcessInfo.processInfo.environment
        return LocalFacts(
            home: environment["HOME"] ?? NSHomeDirectory(), user: NSUserName(), userID: getuid(),
            hostName: String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self),
            environment: environment)
    }
}
