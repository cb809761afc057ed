import Foundation

/// The same fleet in every form: groups of a thousand hosts, each with an address and two variables.
struct SampleFleet {
    /// The form that is the most usual one.
    static let mainForm = "INI, a line a host"
    private static let groupSize = 1000

    let count: Int

    private var groups: [(name: String, hosts: Range<Int>)] {
        stride(from: 0, to: count, by: Self.groupSize).map { start in
            ("group\(start / Self.groupSize)", start..<min(start + Self.groupSize, count))
        }
    }

    /// What each form is called, and its path.
    func write(to directory: URL) throws -> [(form: String, path: String)] {
        let last = String(format: "%06d", count - 1)
        let files = [
            (Self.mainForm, "lines.ini", ini), ("INI, one range", "range.ini", "web-[000000:\(last)] a=1\n"),
            ("YAML", "fleet.yaml", yaml), ("JSON of a script", "script", "#!/bin/sh\ncat <<'END'\n\(json)\nEND\n"),
        ]
        var written: [(String, String)] = []
        for (form, name, text) in files {
            let file = directory.appending(path: name)
            try text.write(to: file, atomically: false, encoding: .utf8)
            written.append((form, file.path))
        }
        let script = directory.appending(path: "script").path
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        return written + [("a folder with group_vars and host_vars", try writeFolder(in: directory))]
    }

    private func writeFolder(in directory: URL) throws -> String {
        let folder = directory.appending(path: "folder")
        for name in ["group_vars", "host_vars"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: name), withIntermediateDirectories: true)
        }
        let hosts = stride(from: 0, to: count, by: 100).map { ("host_vars/\(name(of: $0))", "a: 2\n") }
        let variables = groups.map { ("group_vars/\($0.name)", "a: 1\nb: [x, y]\nc: {d: e}\n") }
        for (name, text) in [("hosts", ini)] + variables + hosts {
            try text.write(to: folder.appending(path: name), atomically: false, encoding: .utf8)
        }
        return folder.path
    }

    private func name(of number: Int) -> String { "web-\(String(format: "%06d", number)).example.com" }

    private func address(of number: Int) -> String { "10.\(number >> 16).\(number >> 8 & 255).\(number & 255)" }

    private var ini: String {
        var text = "[all:vars]\nansible_user=deploy\n"
        for (group, hosts) in groups {
            text += "\n[\(group)]\n"
            for host in hosts {
                text +=
                    "\(name(of: host)) ansible_host=\(address(of: host)) coord_rack=r\(host % 40) weight=\(host % 7)\n"
            }
        }
        return text
    }

    private var yaml: String {
        var text = "all:\n  vars: {ansible_user: deploy}\n  children:\n"
        for (group, hosts) in groups {
            text += "    \(group):\n      hosts:\n"
            for host in hosts {
                text += "        \(name(of: host)):\n          ansible_host: \(address(of: host))\n"
                text += "          coord_rack: r\(host % 40)\n          weight: \(host % 7)\n"
            }
        }
        return text
    }

    /// In one line, as programs print it.
    private var json: String {
        let variables = (0..<count).map { host in
            #""\#(name(of: host))": {"ansible_host": "\#(address(of: host))", "coord_rack": "r\#(host % 40)"}"#
        }
        let members = groups.map { group, hosts in
            #""\#(group)": {"hosts": [\#(hosts.map { #""\#(name(of: $0))""# }.joined(separator: ", "))]}"#
        }
        let meta = #""_meta": {"hostvars": {\#(variables.joined(separator: ", "))}}"#
        return "{\(([meta] + members).joined(separator: ", "))}"
    }
}

/// Files that no person writes.
enum HostileFiles {
    /// What each is, and its path.
    static func write(to directory: URL) throws -> [(form: String, path: String)] {
        let megabyte = 1 << 20
        let circle = (0..<10_000).map { "[g\($0):children]\ng\(($0 + 1) % 10_000)\n" }.joined()
        let files = [
            ("a line of 1 MiB", "line.ini", String(repeating: "a", count: megabyte)),
            ("1 MiB of NUL", "nul.ini", String(repeating: "\0", count: megabyte)),
            ("60,000 brackets", "brackets.ini", "h a=" + String(repeating: "[", count: 60_000)),
            ("1 MiB of short bad lines", "bad.ini", String(repeating: "h =\n", count: megabyte / 4)),
            ("10,000 groups in a circle", "circle.ini", circle),
            ("a range of 10^18", "range.ini", "h[1:999999999999999999]\n"),
            ("YAML nested 100,000 deep", "deep.yaml", String(repeating: "[", count: 100_000)),
            ("YAML of aliases", "aliases.yaml", aliases),
            ("JSON nested 100,000 deep", "deep.json", String(repeating: #"{"a":"#, count: 100_000)),
            ("JSON of 32 MiB in one line", "long.json", "{" + String(repeating: #""a": 1, "#, count: 4 * megabyte)),
        ]
        return try files.map { form, name, text in
            let file = directory.appending(path: "hostile-" + name)
            try text.write(to: file, atomically: false, encoding: .utf8)
            return (form, file.path)
        }
    }

    /// Each level is ten of the one before.
    private static var aliases: String {
        (1...12).reduce("a0: &a0 [x]\n") { text, level in
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            return text + "a\(level): &a\(level) [\(items)]\n"
        }
    }
}
