import Testing

/// The rules catch planted breaches, and nothing else.
@Suite struct RuleSelfTests {
    private func file(_ text: String, at path: String = "Sources/X/X.swift") -> SwiftFile {
        SwiftFile(path: path, text: text)
    }

    @Test func `comments, strings and raw identifiers are not code`() {
        let text = ##"""
            let a = "try! \(b) // no" // fatalError(
            /* try! /* nested */ fatalError( */ let c = #"a "quoted" \n \#(d)"#
            func `sleep( is a word here`() {}
            """##
        let code = file(text).code.joined(separator: "\n")
        for word in ["try!", "fatalError", "quoted", "nested", "sleep"] { #expect(!code.contains(word)) }
        for word in ["let a", "b", "let c", "d", "func"] { #expect(code.contains(word)) }
        #expect(code.count == text.count)
    }

    @Test(arguments: [
        ("FleetModel", "import Foundation"), ("RolloutEngine", "import Dispatch"), ("Inventory", "import Glibc"),
        ("HostAccess", "import NIOCore"), ("RolloutSpec", "import Foundation"), ("Coord", "import CLibSSH2"),
        ("Reporting", "import CZstd"), ("Coord", "import CoordAgent"),
        ("CoordAgent", "@preconcurrency import Foundation"),
        ("CoordAgent", "public import Dispatch"), ("Reporting", "import struct HostAccess.Command"),
    ])
    func `a forbidden import is found`(name: String, line: String) throws {
        let target = try #require(Repository.manifest.targets[name])
        #expect(ImportRules.violations(in: file("\n" + line), of: target).map(\.line) == [2])
    }

    @Test(arguments: [
        ("RolloutEngine", "import FleetModel"), ("SSHTransport", "import CLibSSH2"), ("SSHTransport", "import NIOCore"),
        ("RolloutSpec", "import Yams"), ("CoordAgent", "import Glibc"), ("Coord", "import ArgumentParser"),
    ])
    func `a permitted import is left alone`(name: String, line: String) throws {
        let target = try #require(Repository.manifest.targets[name])
        #expect(ImportRules.violations(in: file(line), of: target).isEmpty)
    }

    @Test func `a function's length counts its body, whatever the shape of its signature`() {
        let text = """
            protocol P {
                func requirement(a: Int) throws
                init()
            }
            struct S: P {
                init() { self.init(1) }
                public func long(
                    a: Int, then: () -> Void = { print(1) }
                ) async throws -> Int
                where T: P {
                    if a { b() }
                    return 1
                }
            }
            """
        #expect(
            file(text).functions == [
                FunctionLength(name: "init", line: 6, lines: 1), FunctionLength(name: "func long", line: 7, lines: 7),
            ])
    }

    @Test func `lengths beyond the limits are found`() {
        let body = String(repeating: "    step()\n", count: 69)
        #expect(StyleRules.lengths(in: file("func f() {\n" + body + "}")).map(\.line) == [1])
        #expect(StyleRules.lengths(in: file("func f() {\n" + body.dropFirst(11) + "}")).isEmpty)
        #expect(StyleRules.lengths(in: file(String(repeating: "\n", count: 601))).count == 1)
        #expect(StyleRules.lengths(in: file(String(repeating: "\n", count: 600))).isEmpty)
        #expect(StyleRules.lengths(in: file("// " + String(repeating: "x", count: 118))).count == 1)
        let command = file(String(repeating: "\n", count: 101), at: "coordinator/Commands/RolloutCommand.swift")
        #expect(StyleRules.lengths(in: command).count == 1)
    }

    @Test(arguments: [
        "// TODO: later", "fatalError(\"no\")", "try! f()", "a!.b", "f()!", "x as! Y", "\"\\(a!)\"", "d[1]!",
    ])
    func `a smell is found`(line: String) {
        #expect(StyleRules.smells(in: file(line)).isEmpty == false)
    }

    @Test(arguments: ["a != b", "a!=b", "if !a {}", "f(!x)", "\"Hello!\"", "/// Never try!", "a !== b"])
    func `what only looks like a smell is left alone`(line: String) {
        #expect(StyleRules.smells(in: file(line)).isEmpty)
    }

    @Test func `a promise needs its reason on the line before`() {
        #expect(StyleRules.unexplainedPromises(in: file("final class C: @unchecked Sendable {}")).count == 1)
        #expect(StyleRules.unexplainedPromises(in: file("x\nnonisolated(unsafe) let a = 1")).count == 1)
        #expect(StyleRules.unexplainedPromises(in: file("// Only read.\nnonisolated(unsafe) let a = 1")).isEmpty)
    }

    @Test func `an undocumented public declaration is found`() {
        func lines(_ text: String) -> [Int] {
            StyleRules.undocumentedDeclarations(in: file(text), met: file(text).requirements).map(\.line)
        }
        #expect(lines("public struct S {}\npublic static func f() {}") == [1, 2])
        #expect(lines("/// A.\n@frozen\npublic struct S {}") == [])
        #expect(lines("protocol P {\n    func f()\n}\npublic func f() {}\npublic func g() {}") == [5])
    }

    @Test(arguments: ["let a: any P", "func f() throws -> Int", "await f()", "func g() async", "func h() rethrows"])
    func `what does not run embedded is found`(line: String) {
        #expect(StyleRules.notEmbeddable(in: file(line)).count == 1)
    }

    @Test func `typed throws, opaque types and class-bound existentials run embedded`() {
        #expect(StyleRules.notEmbeddable(in: file("func f(_ a: some P) throws(E) -> Int")).isEmpty)
        let bound = file("protocol Q: AnyObject {}\nlet a: any Q")
        #expect(StyleRules.notEmbeddable(in: bound, classBound: StyleRules.classBoundProtocols(in: [bound])).isEmpty)
    }

    @Test(arguments: ["sleep(1)", "try await Task.sleep(for: .seconds(1))", "usleep(5)", "clock.sleep(until: x)"])
    func `a sleep is found`(line: String) {
        #expect(StyleRules.sleeps(in: file(line)).count == 1)
        #expect(StyleRules.sleeps(in: file("// Looks again.\n" + line)).isEmpty)
    }

    @Test func `a broken link is found, in the folder of its page`() {
        let text = """
            [good](b.md#part) [bad](gone.md) [site](https://example.org) [part](#x) `[code](no.md)`
            ```
            [fenced](no.md)
            ```
            """
        let violations = LinkRules.brokenLinks(in: text, at: "docs/a.md") { $0 == "docs/b.md" }
        #expect(violations.map(\.problem) == ["link to gone.md leads nowhere"])
    }
}
