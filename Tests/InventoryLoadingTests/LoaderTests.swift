import FleetModel
import Foundation
import Inventory
import InventoryLoading
import Testing

/// What is wrong with the sources, without hints; the scratch folder's path is taken out.
private func problems(_ sources: [String], in scratch: Scratch, timeout: Duration = .seconds(20)) async -> [String] {
    do throws(Diagnostics) {
        _ = try await InventoryLoader.load(
            sources.map { InventorySource($0) }, workingDirectory: scratch.path, scriptTimeout: timeout)
        return []
    } catch {
        return error.all.map { $0.description.replacing(scratch.path + "/", with: "") }
    }
}

@Suite struct LoaderTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func load(_ sources: String...) async throws -> Inventory {
        try await InventoryLoader.load(sources.map { InventorySource($0) }, workingDirectory: scratch.path)
    }

    static let files: [(name: String, text: String, problem: String)] = [
        ("h.yml", "all:\n\thosts:\n", "h.yml:2:1: YAML doesn't allow a tab here"),
        ("h.yml", "all: {hosts: {a: }\n", "h.yml:1:6: what is opened here is never closed"),
        (
            "h.yml", "all:\n  hosts:\n    a: {x: 1, x: 2}\n",
            "h.yml:3:9: 'x' is given more than once in this dictionary"
        ),
        ("h.yml", "all:\n  host:\n    a:\n", "h.yml:2:3: unknown key 'host' in the group 'all'; did you mean 'hosts'?"),
        ("h.yml", "all:\n  hosts:\n    - a\n", "h.yml:3:5: 'hosts' of the group 'all' is a list, not a dictionary"),
        ("h.yml", "all:\n  hosts:\n    5:\n", "h.yml:3:5: the host '5' is no text"),
        (
            "h.yml", "all:\n  hosts:\n    a: b\n",
            "h.yml:3:8: the variables of the host 'a' are a string, not a dictionary"
        ),
        ("h.yml", "- a\n", "h.yml:1:1: an inventory in YAML is a dictionary, and this is a list"),
        ("h.yml", "", "h.yml:1:1: the inventory is empty"),
        ("h.yml", "a: *b\n", "h.yml:1:4: YAML takes '*' at the start of a value for an alias"),
        ("h.yml", "a: &b {hosts: *b}\n", "h.yml:1:15: the alias *b stands before, or inside, the value that &b names"),
        (
            "h.yml", "all: {vars: {a: !!binary aGk=}}",
            "h.yml:1:17: the tag !!binary is not supported"
        ),
        ("h.yml", "a: {}\n---\nb: {}\n", "h.yml:2:1: a second document begins here"),
        (
            "aws_ec2.yml", "plugin: amazon.aws.aws_ec2\n",
            "aws_ec2.yml:1:1: this configures the inventory plugin 'amazon.aws.aws_ec2', which only Ansible can run"
        ),
        ("h.json", "{\"all\": {\"hosts\": [1}}", "h.json:1:19: what is opened here is never closed"),
        ("h.toml", "[all]\n", "'h.toml' is TOML, which is not read"),
        ("h.ini", "$ANSIBLE_VAULT;1.1;AES256\n61\n", "'h.ini' is encrypted by ansible-vault"),
    ]

    @Test(.timeLimit(.minutes(1))) func `a pipe in a folder of inventories is named, not waited for`() async throws {
        try #require(mkfifo(scratch.path + "/pipe", 0o600) == 0)
        #expect(await problems([scratch.path], in: scratch).first?.hasSuffix("neither a file nor a folder") == true)
    }

    @Test(arguments: files) func `a problem in a file is told with its place`(
        name: String, text: String, problem: String
    ) async throws {
        let file = try scratch.write(text, to: name)
        #expect(await problems([file], in: scratch) == [problem])
    }

    @Test func `problems of several files are told file by file`() async throws {
        let first = try scratch.write("a:0\n", to: "one.ini")
        let second = try scratch.write("all:\n  hoss: {}\n", to: "two.yml")
        let told = await problems([first, second], in: scratch)
        #expect(told.map { $0.prefix { $0 != " " } } == ["one.ini:1:3:", "two.yml:2:3:"])
    }

    @Test func `a missing file and an empty folder are refused`() async throws {
        #expect(await problems([scratch.path + "/none"], in: scratch) == ["there is no inventory 'none'"])
        try scratch.write("", to: "empty/ansible.cfg")
        let told = await problems([scratch.path + "/empty"], in: scratch)
        #expect(told == ["the folder 'empty' holds no inventory"])
    }

    @Test func `other encodings are let pass in comments only`() async throws {
        let file = scratch.path + "/latin.ini"
        try Data([UInt8](Array("# gr".utf8) + [0xFC] + Array("n\nweb1\n".utf8))).write(to: URL(filePath: file))
        #expect(try await load(file).hosts.count == 1)
        try Data([UInt8](Array("web1\nh x=".utf8) + [0xFC])).write(to: URL(filePath: file))
        #expect(await problems([file], in: scratch) == ["latin.ini:2:5: the file is not UTF-8 here"])
    }

    @Test func `a file encrypted as a whole is passed over and named`() async throws {
        let file = try scratch.write("h\n", to: "hosts")
        let vault = try scratch.write("$ANSIBLE_VAULT;1.1;AES256\n61\n", to: "group_vars/all/vault.yml")
        try scratch.write("a: 1\n", to: "group_vars/all/vars.yml")
        let inventory = try await load(file)
        #expect(inventory.encryptedFiles == [vault])
        #expect(inventory.variables(of: try #require(HostName("h"))).keys.sorted() == ["a"])
    }

    @Test func `an encrypted value is of no use to a connection`() async throws {
        let file = try scratch.write("all:\n  hosts:\n    h:\n      ansible_user: !vault |\n        61\n", to: "h.yml")
        let inventory = try await load(file)
        let error = #expect(throws: Diagnostics.self) {
            try inventory.connectionVariables(of: try #require(HostName("h")))
        }
        #expect(error?.all.first?.problem.contains("is encrypted by ansible-vault") == true)
        #expect(error?.all.first?.location?.line == 4)
    }
}

/// Programs that misbehave.
@Suite struct ScriptTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func script(_ body: String) throws -> String {
        try scratch.write("#!/bin/sh\n\(body)\n", to: "inventory.sh", isExecutable: true)
    }

    @Test func `one that fails is told with what it said`() async throws {
        let file = try script("echo no token >&2; exit 3")
        #expect(
            await problems([file], in: scratch) == ["'inventory.sh --list' ended with exit status 3: no token"])
    }

    @Test func `one that prints no JSON is told with the place`() async throws {
        let file = try script("echo '{\"a\": ['; echo 'oops]}'")
        #expect(
            await problems([file], in: scratch) == ["inventory.sh --list:2:1: not valid JSON: expected a value"])
    }

    @Test(.timeLimit(.minutes(1))) func `one that never ends is ended, and what it started`() async throws {
        let mark = scratch.path + "/child"
        let file = try script("sleep 1000 & echo $! > \(mark); wait")
        let told = await problems([file], in: scratch, timeout: .seconds(2))
        #expect(told == ["'inventory.sh --list' did not end within 2s"])
        let text = try String(contentsOfFile: mark, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        let child = try #require(Int32(text))
        // The child's end is not waited for by its parent, which is gone: look until it is.
        for _ in 0..<200 where FileManager.default.fileExists(atPath: "/proc/\(child)/fd") {
            // Nothing tells when an adopted process has ended.
            try await Task.sleep(for: .milliseconds(20))
        }
        let state = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
        #expect(state == nil || state?.contains(") Z ") == true)
    }

    @Test(.timeLimit(.minutes(1))) func `one that floods is ended`() async throws {
        let file = try script("exec cat /dev/zero")
        let told = await problems([file], in: scratch)
        #expect(told.count == 1 && told[0].contains("printed more than 64 MiB"))
    }

    @Test func `a text that happens to be executable is read`() async throws {
        let file = try scratch.write("web1\n", to: "hosts", isExecutable: true)
        let inventory = try await InventoryLoader.load([InventorySource(file)], workingDirectory: scratch.path)
        #expect(inventory.hosts.map(\.name.text) == ["web1"])
    }
}

/// Each of these must end soon.
@Suite struct HostileSourceTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    static let texts: [String: String] = [
        "an alias bomb": "a0: &a0 {vars: {x: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}}\n"
            + (1..<30).map {
                "a\($0): &a\($0) [" + Array(repeating: "*a\($0 - 1)", count: 10).joined(separator: ",") + "]\n"
            }
            .joined(),
        "keys that are bombs": "a: &a [1, 1]\n" + (1..<40).map { _ in "? [*a, *a]\n" }.joined(),
        "deep brackets": "a: " + String(repeating: "[", count: 200_000),
        "deep indentation": (0..<2000).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
        "many question marks": String(repeating: "? ", count: 100_000),
        "open quotes": String(repeating: "a: \"\n", count: 20_000),
        "a long line": "a: " + String(repeating: "x: ", count: 300_000),
        "zero bytes": String(repeating: "a: \0\n", count: 10_000),
        "many anchors": (0..<20_000).map { "- &a\($0) *a\($0)\n" }.joined(),
        "nested aliases": "a: &a0 []\n" + (1..<3000).map { "b\($0): &a\($0) [*a\($0 - 1)]\n" }.joined(),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: texts.keys.sorted())
    func `a hostile YAML file is refused`(name: String) async throws {
        let file = try scratch.write(try #require(Self.texts[name]), to: "h.yml")
        let told = await problems([file], in: scratch)
        #expect(!told.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `deep JSON is refused`() async throws {
        let file = try scratch.write(String(repeating: "{\"a\":", count: 100_000), to: "h.json")
        let told = await problems([file], in: scratch)
        #expect(!told.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `a folder that links to itself is refused`() async throws {
        try scratch.write("a\n", to: "inv/hosts")
        try FileManager.default.createSymbolicLink(atPath: scratch.path + "/inv/loop", withDestinationPath: ".")
        let told = await problems([scratch.path + "/inv"], in: scratch)
        #expect(told.count == 1 && told[0].contains("more than 16 folders deep"))
    }

    @Test(.timeLimit(.minutes(1))) func `two thousand files of variables are read`() async throws {
        let file = try scratch.write("h[00001:02000]\n", to: "hosts")
        try scratch.write("n: 0\n", to: "host_vars/ghost.yml")
        for number in 1...2000 {
            let digits = String(number)
            let name = "h" + String(repeating: "0", count: 5 - digits.count) + digits
            let text = Data("n: \(number)\n".utf8)
            #expect(FileManager.default.createFile(atPath: "\(scratch.path)/host_vars/\(name).yml", contents: text))
        }
        let inventory = try await InventoryLoader.load([InventorySource(file)])
        let last = try #require(HostName("h02000"))
        #expect(inventory.variables(of: last)["n"]?.value == .int(2000))
    }
}
