import Foundation
import Testing

@testable import SSHTransport

@Suite struct KeyFileTests {
    @Test func `Blowfish starts with the digits of pi and encrypts as published`() {
        // Schneier's first test vector: key and text of eight zero bytes.
        var cipher = Blowfish()
        cipher.expand(key: [UInt8](repeating: 0, count: 8))
        var block: [UInt32] = [0, 0]
        cipher.encrypt(&block)
        #expect(block == [0x4EF9_9745, 0x6198_DD78])
    }

    @Test func `a key file cut or changed anywhere is damaged, never a crash`() throws {
        let directory = try TemporaryDirectory.make()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for (name, passphrase) in [("clear", ""), ("locked", "secret")] {
            let file = "\(directory)/\(name)"
            try PrivateServer.makeKey(file, type: "ecdsa", passphrase: passphrase, options: ["-a", "1"])
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            let bytes = try #require(Data(base64Encoded: lines[1..<(lines.count - 1)].joined()))
            for position in bytes.indices {
                for damaged in [
                    bytes[..<position], bytes[..<position] + [bytes[position] ^ 0xFF] + bytes[(position + 1)...],
                ] {
                    let text = "\(lines[0])\n\(damaged.base64EncodedString())\n\(lines[lines.count - 1])\n"
                    _ = try? KeyFile(Array(text.utf8))
                }
            }
            #expect(throws: KeyFile.Problem.self) {
                try KeyFile(
                    Array("\(lines[0])\n\(bytes.prefix(80).base64EncodedString())\n\(lines[lines.count - 1])".utf8))
            }
        }
    }

    @Test func `a public key gives the fingerprint and the line that ssh-keygen gives`() throws {
        let key = "AAAAC3NzaC1lZDI1NTE5AAAAIEhFVZ8iDJtaNwUUUeYSyuTRzMp1JlVVKg0nTHkzFUTV"
        let hostKey = try #require(HostKey(blob: Array(Data(base64Encoded: key) ?? Data())))
        #expect(hostKey.type == "ssh-ed25519")
        #expect(hostKey.knownHostsLine(address: "Web", port: 22) == "web ssh-ed25519 \(key)")
        #expect(hostKey.knownHostsLine(address: "10.0.0.1", port: 2222) == "[10.0.0.1]:2222 ssh-ed25519 \(key)")
    }
}
