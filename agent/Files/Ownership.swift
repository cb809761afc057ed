import AgentProtocol
import Glibc

/// To whom a file is to belong. Names are looked up in the files themselves: name service modules kill a static binary.
struct Ownership: Equatable {
    var user: uid_t
    var group: gid_t

    /// Of passwd(5) and group(5); larger ones are read from their ends.
    private static let maximumBytes = 4 << 20

    /// Whoever the agent runs as.
    static var ours: Ownership { Ownership(user: geteuid(), group: getegid()) }

    /// - Parameters:
    ///   - owner: A name or a number; empty for the agent's own user.
    ///   - group: A name or a number; empty for the owner's own group.
    /// - Throws: where there is no such user or group, or the agent may not give files to it.
    static func resolve(owner: String, group: String) throws(UnpackError) -> Ownership {
        var result = ours
        if !owner.utf8.isEmpty {
            guard let found = user(owner) else { throw problem("there is no user '\(owner)' in /etc/passwd") }
            result = found
        }
        if !group.utf8.isEmpty {
            guard let found = self.group(group) else { throw problem("there is no group '\(group)' in /etc/group") }
            result.group = found
        }
        guard geteuid() == 0 || result.user == geteuid() else {
            throw problem("the agent runs as user \(geteuid()), and only root gives files to others such as '\(owner)'")
        }
        return result
    }

    private static func problem(_ text: String) -> UnpackError { UnpackError(.internalError, text) }

    private static func user(_ name: String) -> Ownership? {
        for fields in lines(of: "/etc/passwd") where fields.count >= 4 && (fields[0] == name || fields[2] == name) {
            if let user = uid_t(fields[2]), let group = gid_t(fields[3]) { return Ownership(user: user, group: group) }
        }
        return uid_t(name).map { Ownership(user: $0, group: getegid()) }
    }

    private static func group(_ name: String) -> gid_t? {
        for fields in lines(of: "/etc/group") where fields.count >= 3 && fields[0] == name {
            if let group = gid_t(fields[2]) { return group }
        }
        return gid_t(name)
    }

    private static func lines(of path: String) -> [[String]] {
        let content = (try? FileSystem.read(path, maximumBytes: maximumBytes)) ?? []
        return content.split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }
}
