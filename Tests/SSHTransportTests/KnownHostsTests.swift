import Foundation
import HostAccess
import Testing

@testable import SSHTransport

@Suite struct KnownHostsTests {
    private static let ours = key(1)
    private static let theirs = key(2)

    private static func key(_ number: UInt8, type: String = "ssh-ed25519") -> HostKey {
        var blob = SSHWriter()
        blob.string(type)
        blob.string([UInt8](repeating: number, count: 32))
        guard let key = HostKey(blob: blob.bytes) else { preconditionFailure("it has a type and bytes") }
        return key
    }

    private static func text(_ key: HostKey) -> String { "\(key.type) \(Data(key.blob).base64EncodedString())" }

    private func verdict(_ text: String, address: String = "web.example.com", port: Int = 22) -> KnownHostKeys.Verdict {
        var known = KnownHosts()
        known.add(
            text.replacing("OURS", with: Self.text(Self.ours)).replacing("THEIRS", with: Self.text(Self.theirs)),
            file: "f")
        return known.keys(KnownHostName(address: address, port: port)).verdict(on: Self.ours)
    }

    @Test(arguments: [
        "web.example.com OURS", "a,web.example.com,b OURS comment", "WEB.Example.Com OURS", "*.example.com OURS",
        "w?b.example.com OURS", "*.example.com,!db.example.com OURS", "  web.example.com\tOURS",
        "web.example.com THEIRS\nweb.example.com OURS",
        "# c\n\nweb.example.com ssh-rsa\nbroken\nweb.example.com OURS\n",
        "web.example.com OURS\r\nother THEIRS\r\n", "@unknown-marker x y z\nweb.example.com OURS", "* OURS",
    ])
    func `a recorded key is known`(text: String) {
        #expect(verdict(text) == .known)
    }

    @Test(arguments: [
        "db.example.com OURS", "web.example.co OURS", "example.com OURS", "*.example.com,!web.example.com OURS",
        "!web.example.com OURS", "[web.example.com]:2222 OURS", "web.example.com", "web.example.com ssh-ed25519 !!!",
        "",
    ])
    func `a key recorded for others, or badly, is unknown`(text: String) {
        #expect(verdict(text) == .unknown(authority: nil))
    }

    @Test func `a revoked key is refused even where it is also recorded`() {
        #expect(verdict("web.example.com OURS\n@revoked * OURS") == .revoked(place: "f:2"))
        #expect(verdict("@revoked web.example.com THEIRS\nweb.example.com OURS") == .known)
    }

    /// The line and the type of the key that was recorded instead.
    private func change(_ text: String) -> [String]? {
        guard case .changed(let line) = verdict(text) else { return nil }
        return [line.place, line.key.type]
    }

    @Test func `another recorded key means changed, of the same type first`() {
        #expect(change("web.example.com THEIRS") == ["f:1", "ssh-ed25519"])
        let other = Self.text(Self.key(3, type: "ecdsa-sha2-nistp256"))
        #expect(change("web.example.com \(other)") == ["f:1", "ecdsa-sha2-nistp256"])
        #expect(change("* \(other)\n* THEIRS") == ["f:2", "ssh-ed25519"])
    }

    @Test func `an authority for certificates is named`() {
        #expect(verdict("@cert-authority *.example.com THEIRS") == .unknown(authority: "f:1"))
        #expect(verdict("@cert-authority *.example.com THEIRS\nweb.example.com OURS") == .known)
    }

    @Test func `ports, short names and IPv6 addresses are told apart`() {
        #expect(verdict("[web.example.com]:2222 OURS", port: 2222) == .known)
        #expect(verdict("[*.example.com]:2222 OURS", port: 2222) == .known)
        #expect(verdict("web.example.com OURS", port: 2222) == .known)
        #expect(verdict("web.example.com THEIRS", port: 2222) == .unknown(authority: nil))
        #expect(verdict("h OURS", address: "h") == .known)
        // ssh asks for the name alone only where it has no key of the port.
        let both = verdict("web.example.com OURS\n[web.example.com]:2222 THEIRS", port: 2222)
        guard case .changed(let line) = both else { return #expect(Bool(false), "\(both)") }
        #expect(line.place == "f:2")
        #expect(verdict("h1 OURS", address: "H1") == .known)
        #expect(verdict("fe80::1 OURS", address: "FE80::1") == .known)
        #expect(verdict("[fe80::1]:2222 OURS", address: "fe80::1", port: 2222) == .known)
    }

    @Test func `hashed names as ssh-keygen makes them are matched`() throws {
        let directory = try TemporaryDirectory.make()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let file = "\(directory)/known_hosts"
        let key = Self.text(Self.ours)
        try "web.example.com \(key)\n[web.example.com]:2222 \(key)\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        try Spawn.run(["/usr/bin/ssh-keygen", "-q", "-H", "-f", file])
        let hashed = try String(contentsOfFile: file, encoding: .utf8)
        #expect(!hashed.contains("web"))
        #expect(verdict(hashed) == .known)
        #expect(verdict(hashed, port: 2222) == .known)
        #expect(verdict(hashed, address: "db.example.com") == .unknown(authority: nil))
        #expect(verdict("|1|nonsense|nonsense OURS\n|2|x|y OURS\n|1| OURS") == .unknown(authority: nil))
    }
}
