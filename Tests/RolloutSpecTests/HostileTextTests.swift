import FleetModel
import Testing

@testable import RolloutSpec

/// Texts that no person writes, and many mistakes at once: nothing crashes, hangs, or is passed over.
@Suite(.timeLimit(.minutes(1))) struct HostileTextTests {
    private func errors(in text: String) -> [String] {
        do {
            _ = try RolloutSpec(text: text, file: "r.yaml")
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n", "---\n", "~", "---\n...\n"])
    func `a spec without content says so`(text: String) {
        #expect(errors(in: text) == ["r.yaml:1:1: the spec is empty"])
    }

    @Test func `all mistakes are reported at once, in the order of the text`() {
        let text =
            "hosts: []\nservice: Shop\ninterval: 5\nstrategy: {rolling: {stages: [0], zzz: 1}}\nhealth: [{tcp: x}]\n"
        let places = errors(in: text).map { $0.split(separator: ": ")[0] }
        #expect(
            places == [
                "r.yaml:1:1", "r.yaml:1:8", "r.yaml:2:10", "r.yaml:3:11", "r.yaml:4:31", "r.yaml:4:35", "r.yaml:5:16",
            ])
    }

    @Test func `thousands of mistakes are counted, not listed`() {
        let errors = errors(in: (0..<3000).map { "key\($0): x\n" }.joined())
        #expect(errors.count == Findings.maximumListed + 1)
        #expect(errors.last == "2952 more mistakes are not listed")
    }

    @Test func `every key of every section is read: a list of lists fits none`() {
        let frames: [String: (String) -> String] = [
            "at the top level": { "\($0)" },
            "under 'systemd:'": { "systemd: {\($0)}" },
            "under 'commands:'": { "commands: {\($0)}" },
            "under 'health:'": { "health: [{http: 'http://127.0.0.1', \($0)}]" },
            "under 'strategy:'": { "strategy: {\($0)}" },
            "under 'strategy: rolling:'": { "strategy: {rolling: {\($0)}}" },
            "under 'max_failures:'": { "max_failures: {\($0)}" },
            "under 'files:'": { "files: [{\($0)}]" },
            "under 'secrets:'": { "secrets: [{\($0.hasPrefix("to:") ? "" : "to: x, ")\($0)}]" },
            "under 'environment:'": { "environment: {values: {A: b}, \($0)}" },
            "under 'hooks:'": { "hooks: {\($0)}" },
            "under 'on_failure:'": { "on_failure: {\($0)}" },
            "under 'schema:'": { "schema: {\($0)}" },
            "under 'spread_by:'": { "strategy: {rolling: {spread_by: {\($0)}}}" },
            "under 'quorum:'": { "strategy: {rolling: {quorum: {\($0)}}}" },
            "under 'order:'": { "strategy: {rolling: {order: {\($0)}}}" },
            "under 'strategy: canary:'": { "strategy: {canary: {\($0)}}" },
            "under 'strategy: canary: steps:'": { "strategy: {canary: {steps: [{\($0)}]}}" },
            "under 'pause:'": { "strategy: {canary: {steps: [{pause: {\($0)}}]}}" },
            "under 'strategy: blue_green:'": { "strategy: {blue_green: {\($0)}}" },
            "under 'groups:'": { "strategy: {blue_green: {groups: {\($0)}}}" },
            "under 'instances:'": { "strategy: {blue_green: {instances: {\($0)}}}" },
            "under 'strategy: a_b:'": { "strategy: {a_b: {\($0)}}" },
            "under 'match:'": { "strategy: {a_b: {match: {\($0)}}}" },
            "under 'traffic:'": { "traffic: {\($0)}" },
            "under 'haproxy:'": {
                let other = $0.hasPrefix("map") ? "route_backend: c, " : $0.hasPrefix("route") ? "map: /a/b, " : ""
                return "traffic: {haproxy: {\(other)\($0)}}"
            },
            "under 'nginx:'": { "traffic: {nginx: {\($0)}}" },
            "under 'analyses:'": { "analyses: {a: {\($0.hasPrefix("success") ? "" : "success: '< 1', ")\($0)}}" },
            "under 'metric:'": {
                let kind =
                    $0.hasPrefix("query") ? "prometheus: 'http://p', " : $0.hasPrefix("value") ? "script: x, " : ""
                return "analyses: {a: {metric: {\(kind)\($0)}}}"
            },
            "under 'compare:'": { "analyses: {a: {compare: {\($0)}}}" },
        ]
        for section in SpecVocabulary.sections {
            // The kinds of checks exclude each other; ExampleTests has one of each.
            for key in section.keys where !["script", "http", "tcp", "values"].contains(key) {
                let text = frames[section.place]?("\(key): [[]]") ?? ""
                let named = errors(in: text).filter { $0.contains("'\(key)' is ") || $0.contains("takes no") }
                #expect(named.count == 1, "'\(key)' \(section.place): \(errors(in: text))")
            }
        }
    }

    @Test func `aliases that grow without bound are refused before they grow`() {
        let levels = (1...40).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }.joined(separator: "\n")
        let errors = errors(in: "a0: &a0 [x]\n\(levels)\n? *a40\n: x\n")
        #expect(errors.first == "r.yaml:2:10: YAML aliases such as '*a0' are not supported")
    }

    @Test(arguments: [
        "[", "{", "- ", "{a: ", "? ", "!", "&a ", "\"", "'", "|", "%", "\u{0}", "\u{1F600}", "\u{2028}", "\t", "--- ",
    ])
    func `any sign a thousand times over is an error, not a crash`(sign: String) {
        for count in [1, 2, 999, 5000] {
            let text = String(repeating: sign, count: count)
            #expect(!errors(in: text).isEmpty)
            #expect(!errors(in: "service: shop\nartifact: a.tar\nhosts: \(text)]\u{7}").isEmpty)
        }
    }

    @Test func `a text that is cut off anywhere is refused until its last line is there`() {
        let text = """
            service: shop
            health:
              - tcp: "[::1]:80"
              - {script: 'é', timeout: 5s}
            hooks: {install: "a\\x41", on_failure: b}
            artifact: |-
              a.tar
            """
        let required = text.index(text.endIndex, offsetBy: -"a.tar".count)
        for end in text.indices where end <= required { #expect(!errors(in: String(text[..<end])).isEmpty) }
        #expect(errors(in: text).isEmpty)
    }

    @Test func `a file that is no spec for its size is not parsed`() {
        let text = String(repeating: "#\n", count: SpecDocument.maximumBytes)
        #expect(errors(in: text) == ["r.yaml:1:1: a spec is at most 256 KiB long"])
    }

    @Test func `what is shown of a hostile value is short and printable`() {
        let value = String(repeating: "\\e[31m", count: 200)
        let error = errors(in: "service: \"\(value)\"\nartifact: a.tar\n").first ?? ""
        #expect(error.utf8.count < 250)
        #expect(!error.unicodeScalars.contains("\u{1B}"))
    }
}
