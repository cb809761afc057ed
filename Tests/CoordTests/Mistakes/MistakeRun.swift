import Foundation
import Glibc
import Testing

/// Makes a mistake: in a folder of its own, its commands in one shell with the real `coord`.
struct MistakeRun {
    private let mistake: Mistake
    private let program: Program
    /// What differs from run to run, by the names that stand for it in transcripts.
    private let names: [(name: String, value: String)]

    /// Of one mistake, in seconds: coord tries a host that hangs up for 5 s.
    private static let deadline = 60

    init(_ mistake: Mistake) throws {
        self.mistake = mistake
        program = try Program()
        let ports = try Self.freePorts(3).map(String.init)
        names = [
            ("<port>", ports[0]), ("<bastion-port>", ports[1]), ("<closed-port>", ports[2]),
            ("<folder>", program.folder), ("<user>", NSUserName()),
        ]
    }

    /// The mistake's items with what is printed now.
    func items() async throws -> [Mistake.Item] {
        var script = "source '\(Mistake.folder.path)/support.bash'\nPATH='\(Program.products.path)':$PATH\n"
        let all = mistake.preparation + mistake.items
        for (index, item) in all.enumerated() {
            switch item {
            case .file(let name, let text): try program.write(name, text.isEmpty ? "" : expanded(text) + "\n")
            case .command(let command, _):
                script += "{ \(expanded(command))\n} > \(output(index)) 2>&1\necho $? > \(output(index)).status\n"
            }
        }
        try program.write(Self.outputs + "/script", script)
        let path = program.folder + "/" + Self.outputs + "/script"
        let outcome = try await program.run(
            ["-s", "KILL", "\(Self.deadline)", "bash", path], executable: URL(filePath: "/usr/bin/timeout"))
        #expect(outcome.errors.isEmpty && outcome.status != 124, "\(outcome.errors)")
        let made = try all.enumerated().map { index, item in
            guard case .command(let command, _) = item else { return item }
            return Mistake.Item.command(command, prints: try printed(index))
        }
        return Array(made[mistake.preparation.count...])
    }

    /// Where each command's output goes; not among the mistake's own files.
    private static let outputs = ".transcript"
    private func output(_ index: Int) -> String { "\"$HOME/\(Self.outputs)/\(index)\"" }

    private func printed(_ index: Int) throws -> [String] {
        let file = URL(filePath: program.folder).appending(path: "\(Self.outputs)/\(index)")
        let status = try String(contentsOf: file.appendingPathExtension("status"), encoding: .utf8)
            .trimmingCharacters(in: .newlines)
        var lines = named(try String(contentsOf: file, encoding: .utf8)).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        while lines.last == "" { lines.removeLast() }
        return status == "0" ? lines : lines + ["[\(status)]"]
    }

    private func expanded(_ text: String) -> String {
        names.reduce(text) { $0.replacing($1.name, with: $1.value) }
    }

    private func named(_ text: String) -> String {
        var text = text
        for (name, value) in names where name != "<user>" { text = text.replacing(value, with: name) }
        for (open, close) in [("'", "'"), ("~", "/")] {
            text = text.replacing(open + NSUserName() + close, with: open + "<user>" + close)
        }
        text = text.replacing(#/SHA256:[A-Za-z0-9+\/]{43}/#, with: "<fingerprint>")
        return text.replacing(#/\d{14}-[0-9a-f]{4}/#, with: "<rollout>")
    }

    /// All at once, so that they differ.
    private static func freePorts(_ count: Int) throws -> [Int] {
        let sockets = (0..<count).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
        defer { for socket in sockets { close(socket) } }
        return try sockets.map { socket in
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, size) == 0 ? getsockname(socket, $0, &size) : -1
                }
            }
            try #require(result == 0, "no free port")
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }
}
