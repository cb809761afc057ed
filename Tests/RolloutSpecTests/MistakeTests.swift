import FleetModel
import RolloutSpec
import Testing

/// Errors are part of the product: every sentence and place that a mistake yields is pinned here.
@Suite struct MistakeTests {
    /// Lines behind two that are right, and the one error about them: place, sentence, remedy.
    struct Mistake: CustomTestStringConvertible, Sendable {
        var text: String
        var place: String
        var sentence: String
        var remedy: String?

        init(_ text: String, _ place: String, _ sentence: String, remedy: String? = nil) {
            (self.text, self.place, self.sentence, self.remedy) = (text, place, sentence, remedy)
        }

        var testDescription: String { text }
    }

    private func expect(_ mistake: Mistake) {
        let error = #expect(throws: Diagnostics.self) {
            try RolloutSpec(text: "service: shop\nartifact: shop.tar\n" + mistake.text, file: "r.yaml")
        }
        #expect(error?.description == "r.yaml:\(mistake.place): \(mistake.sentence)")
        #expect(error?.all.first?.hint == mistake.remedy)
    }

    @Test(arguments: keys)
    func `a key that is unknown, misplaced, postponed or missing`(mistake: Mistake) { expect(mistake) }

    @Test(arguments: scalars)
    func `a value of the wrong kind`(mistake: Mistake) { expect(mistake) }

    @Test(arguments: times)
    func `a time that is wrong, or out of order`(mistake: Mistake) { expect(mistake) }

    @Test(arguments: services)
    func `a service that can't be started`(mistake: Mistake) { expect(mistake) }

    @Test(arguments: checks)
    func `a health check that the agent can't run`(mistake: Mistake) { expect(mistake) }

    @Test(arguments: configuration)
    func `a file or secret that can't be put into a release`(mistake: Mistake) { expect(mistake) }

    @Test(arguments: strategies)
    func `a strategy or limit that can't be kept`(mistake: Mistake) { expect(mistake) }

    @Test(arguments: hooks)
    func `a hook that isn't one`(mistake: Mistake) { expect(mistake) }

    @Test(arguments: yaml)
    func `a text that isn't YAML, in words for people who don't know YAML's`(mistake: Mistake) { expect(mistake) }
}

private let keys: [MistakeTests.Mistake] = [
    .init("servce: x", "3:1", "unknown key 'servce'; did you mean 'service'?"),
    .init(
        "zzzzz: 1", "3:1",
        "unknown key 'zzzzz'",
        remedy: "known here: service, artifact, release, hosts, install_dir, keep_releases, systemd, commands, "
            + "files, secrets, environment, health, interval, min_healthy_time, healthy_deadline, "
            + "progress_deadline, command_timeout, strategy, max_failures, on_failure, reversible, "
            + "rehearse_rollback, max_live_versions, traffic, analyses, allowed, schema, offline, hooks"
    ),
    .init(
        "1: x", "3:1",
        "unknown key '1'",
        remedy: "known here: service, artifact, release, hosts, install_dir, keep_releases, systemd, commands, "
            + "files, secrets, environment, health, interval, min_healthy_time, healthy_deadline, "
            + "progress_deadline, command_timeout, strategy, max_failures, on_failure, reversible, "
            + "rehearse_rollback, max_live_versions, traffic, analyses, allowed, schema, offline, hooks"
    ),
    .init("? [a, b]\n: x", "3:3", "a key is a word; got a list"),
    .init("confirm_within: 60s", "3:1", "'confirm_within' is not supported by this version yet"),
    .init("spread_by: rack", "3:1", "'spread_by' belongs under 'strategy: rolling:', not here"),
    .init("stages: [1]", "3:1", "'stages' belongs under 'strategy: rolling:', not here"),
    .init("timeout: 5s", "3:1", "'timeout' belongs under 'health:', not here"),
    .init("strategy: {interval: 5s}", "3:12", "'interval' belongs at the top level, not here"),
    .init(
        "on_failure: ask", "3:13",
        "'ask' needs a time, and what to do when nobody answers",
        remedy: "write 'on_failure: {ask: 15m, then: rollback}'"
    ),
    .init(
        "<<: {hosts: all}", "3:1",
        "unknown key '<<'",
        remedy: "known here: service, artifact, release, hosts, install_dir, keep_releases, systemd, commands, "
            + "files, secrets, environment, health, interval, min_healthy_time, healthy_deadline, "
            + "progress_deadline, command_timeout, strategy, max_failures, on_failure, reversible, "
            + "rehearse_rollback, max_live_versions, traffic, analyses, allowed, schema, offline, hooks"
    ),
]

private let configuration: [MistakeTests.Mistake] = [
    .init("files: [{to: a}]", "3:9", "a file has exactly one of 'template' and 'source'"),
    .init(
        "files: [{source: a}]", "3:9", "an item of 'files' lacks 'to'", remedy: "add 'to: …'"),
    .init(
        "files: [{source: a, to: ../b}]", "3:25",
        "'to' is a path inside the release such as config/shop.env, relative and without '.' or '..'; got '../b'"),
    .init(
        "files: [{source: a, to: b, mode: 4755}]", "3:34",
        "'mode' is permissions in octal such as \"0640\", at most 0777; got '4755'"),
    .init("files: [{source: a, to: b, owner: -x}]", "3:35", "'owner' is the name or number of a user; got '-x'"),
    .init(
        "files: [{source: a, to: b}]\nsecrets: [{file: x, to: b}]", "4:25", "another file goes to 'b' already"),
    .init(
        "files: [{source: a, to: b}, {source: a, to: b/c}]", "3:45",
        "'b/c' and 'b' can't both be: one would be the other's folder"),
    .init(
        "secrets: [{file: x}]", "3:11", "a secret has 'to', 'name' or both",
        remedy: "'to' makes it a file; 'name' is for {{secret.NAME}}"),
    .init(
        "secrets: [{to: x, file: y, command: z}]", "3:11",
        "a secret has exactly one of 'file', 'command' and 'environment'"),
    .init("secrets: [{name: x, file: y, mode: 0600}]", "3:36", "'mode' goes with 'to'"),
    .init(
        "environment: {1A: x}", "3:15",
        "a key of 'environment' is the name of an environment variable, of letters, digits and '_'; got '1A'"),
]

private let scalars: [MistakeTests.Mistake] = [
    .init("hosts: [a, b]", "3:8", "'hosts' is a host pattern such as all or web:!maintenance; got a list"),
    .init("hosts:", "3:7", "'hosts' is a host pattern such as all or web:!maintenance; got nothing"),
    .init(#"hosts: """#, "3:8", "'hosts' is a host pattern such as all or web:!maintenance; got ''"),
    .init(
        #"hosts: "a\nb""#, "3:8",
        "'hosts' is a host pattern such as all or web:!maintenance, on one line and without tabs; got 'a "
            + "b'"
    ),
    .init(
        #"hosts: "a\0b""#, "3:8",
        "'hosts' is a host pattern such as all or web:!maintenance, without control characters; got 'ab'"
    ),
    .init(
        "hosts: !maintenance", "3:8",
        "YAML takes '!maintenance' for a tag",
        remedy: "put a value that begins with '!' in double quotes"
    ),
    .init(
        "release: a/b", "3:10",
        "'release' is a name of letters, digits and '.', '_', '+', '-', at most 128 long; got 'a/b'"
    ),
    .init("keep_releases: 1", "3:16", "'keep_releases' is a whole number from 2 to 1000; got '1'"),
    .init("keep_releases: 010", "3:16", "'keep_releases' is a whole number from 2 to 1000; got '010'"),
    .init("keep_releases: 5.0", "3:16", "'keep_releases' is a whole number from 2 to 1000; got '5.0'"),
    .init(
        "install_dir: opt/shop", "3:14",
        "'install_dir' is an absolute path such as /opt/shop, without '.' or '..'; got 'opt/shop'"
    ),
    .init(
        "install_dir: /", "3:14",
        "'install_dir' is an absolute path such as /opt/shop, without '.' or '..'; got '/'"
    ),
    .init(
        "install_dir: /opt/../etc", "3:14",
        "'install_dir' is an absolute path such as /opt/shop, without '.' or '..'; got '/opt/../etc'"
    ),
    .init("on_failure: no", "3:13", "'on_failure' is one of rollback, pause, continue; got 'no'"),
    .init(
        "on_failure: rolback", "3:13",
        "'on_failure' is one of rollback, pause, continue; got 'rolback'; did you mean 'rollback'?"
    ),
]

private let times: [MistakeTests.Mistake] = [
    .init(
        "interval: 5", "3:11",
        "'interval' is a duration such as 500ms, 10s or 5m; got '5'",
        remedy: "the unit is missing; did you mean 5s?"
    ),
    .init("interval: ten", "3:11", "'interval' is a duration such as 500ms, 10s or 5m; got 'ten'"),
    .init("interval: {a: 5s}", "3:11", "'interval' is a duration such as 500ms, 10s or 5m; got a mapping"),
    .init("interval: 0s", "3:11", "'interval' is from 100ms to 30d; got '0s'"),
    .init("interval: 90d", "3:11", "'interval' is from 100ms to 30d; got '90d'"),
    .init(
        "interval: 6m", "3:11",
        "'interval' (6m) must be shorter than 'healthy_deadline' (5m by default)",
        remedy: "set 'healthy_deadline' as well"
    ),
    .init(
        "min_healthy_time: 5m", "3:19",
        "'min_healthy_time' (5m) must be shorter than 'healthy_deadline' (5m by default)",
        remedy: "set 'healthy_deadline' as well"
    ),
    .init(
        "healthy_deadline: 20m", "3:19",
        "'healthy_deadline' (20m) must be shorter than 'progress_deadline' (10m by default)",
        remedy: "set 'progress_deadline' as well"
    ),
    .init(
        "healthy_deadline: 20m\nprogress_deadline: 15m", "4:20",
        "'healthy_deadline' (20m) must be shorter than 'progress_deadline' (15m)"
    ),
]

private let services: [MistakeTests.Mistake] = [
    .init("systemd: a b", "3:10", "'systemd' is the name of a systemd unit such as shop.service; got 'a b'"),
    .init(
        "systemd: shop@", "3:10",
        "'systemd' names the template 'shop@.service', which can't run",
        remedy: "name an instance: shop@1.service"
    ),
    .init("systemd: {user: true}", "3:10", "'systemd' lacks 'unit'", remedy: "add 'unit: …'"),
    .init("systemd: {unit: a, user: yes}", "3:26", "'user' is true or false; got 'yes'"),
    .init("systemd: {unit: a, usr: true}", "3:20", "unknown key 'usr'; did you mean 'user'?"),
    .init(
        "systemd: a\ncommands: {start: a}", "4:11",
        "'systemd' and 'commands' exclude each other",
        remedy: "keep the one that runs the service"
    ),
    .init("commands: {start: a, stop: b, restart: c}", "3:11", "'commands' lacks 'status'", remedy: "add 'status: …'"),
    .init("commands: ./ctl", "3:11", "'commands' is a mapping of start, stop, restart, status; got './ctl'"),
    .init(
        #"commands: {start: "a\0", stop: b, restart: c, status: d}"#, "3:19",
        "'start' is a shell command, without control characters; got 'a'"
    ),
]

private let checks: [MistakeTests.Mistake] = [
    .init(
        "health: checks/health.sh", "3:9",
        "'health' is a list; got 'checks/health.sh'",
        remedy: "write '- ' before each item, or [a, b]"
    ),
    .init("health: [a.sh]", "3:10", "a health check is a mapping; got 'a.sh'", remedy: "write '- script: a.sh'"),
    .init("health: [{timeout: 1s}]", "3:10", "a health check has exactly one of 'script', 'http' and 'tcp'"),
    .init(
        #"health: [{script: a, tcp: "1.2.3.4:5"}]"#, "3:10",
        "a health check has exactly one of 'script', 'http' and 'tcp'"
    ),
    .init("health: [{script: a, expect: 200}]", "3:30", "'expect' goes with 'http' only"),
    .init(
        #"health: [{http: "https://127.0.0.1/"}]"#, "3:17",
        "'http' is a URL such as http://127.0.0.1:8080/healthz; got 'https://127.0.0.1/'",
        remedy: "the agent has no TLS; check https in a script"
    ),
    .init(
        #"health: [{http: "http://web1:80/"}]"#, "3:17",
        "'http' needs an IP address or 'localhost', not the name 'web1'",
        remedy: "the agent has no resolver; check by name in a script"
    ),
    .init(
        #"health: [{http: "http://127.0.0.1:99999/"}]"#, "3:17",
        "'http' is a URL such as http://127.0.0.1:8080/healthz; got 'http://127.0.0.1:99999/'"
    ),
    .init(
        #"health: [{http: "http://[::g]/"}]"#, "3:17",
        "'http' is a URL such as http://127.0.0.1:8080/healthz; got 'http://[::g]/'"
    ),
    .init(
        #"health: [{http: "http://127.0.0.1/a b"}]"#, "3:17",
        "'http' is a URL such as http://127.0.0.1:8080/healthz; got 'http://127.0.0.1/a b'",
        remedy: "write other characters as %20 and the like; '#' has no meaning here"
    ),
    .init(
        #"health: [{http: "http://127.0.0.1/", expect: ok}]"#, "3:46",
        "'expect' is a whole number from 100 to 599; got 'ok'"
    ),
    .init("health: [{tcp: 8080}]", "3:16", "'tcp' is an address and a port such as 127.0.0.1:8080; got '8080'"),
    .init(
        #"health: [{tcp: "010.0.0.1:80"}]"#, "3:16",
        "'tcp' needs an IP address or 'localhost', not the name '010.0.0.1'",
        remedy: "the agent has no resolver; check by name in a script"
    ),
]

private let strategies: [MistakeTests.Mistake] = [
    .init(
        "strategy: {rolling: {}, recreate: {}}", "3:35",
        "'rolling' and 'recreate' exclude each other",
        remedy: "keep one strategy"
    ),
    .init(
        "strategy: {recreate: {max_parallel: 1}}", "3:22",
        "'recreate' takes no settings",
        remedy: "write {} after it"
    ),
    .init(
        "strategy: {}", "3:11", "'strategy' names no strategy",
        remedy: "one of rolling, recreate, canary, blue_green, a_b"),
    .init(
        "strategy: roling", "3:11",
        "'strategy' is one of rolling, recreate, canary, blue_green, a_b; got 'roling'; did you mean 'rolling'?"),
    .init(
        "strategy: {rolling: {stages: []}}", "3:30",
        "'stages' is empty",
        remedy: "give the sizes of the batches, for example [1, 25%]; the last repeats"
    ),
    .init(
        "strategy: {rolling: {stages: 5}}", "3:30",
        "'stages' is a list; got '5'",
        remedy: "write '- ' before each item, or [a, b]"
    ),
    .init(
        "strategy: {rolling: {stages: [0]}}", "3:31",
        "a stage of no hosts would never end",
        remedy: "a stage is at least 1 host"
    ),
    .init(
        "strategy: {rolling: {stages: [1, 0%]}}", "3:34",
        "a stage of no hosts would never end",
        remedy: "a stage is at least 1 host"
    ),
    .init(
        #"strategy: {rolling: {stages: [1, "120%"]}}"#, "3:34",
        "an item of 'stages' is a number of hosts or a part of them, such as 3 or 25%; got '120%'"
    ),
    .init(
        "strategy: {rolling: {stages: [+1]}}", "3:31",
        "an item of 'stages' is a number of hosts or a part of them, such as 3 or 25%; got '+1'"
    ),
    .init(
        "strategy: {rolling: {max_unavailable: 0}}", "3:39",
        "'max_unavailable' of 0 lets no host be taken out of service, so nothing could start",
        remedy: "allow at least 1; to keep capacity, add hosts"
    ),
    .init(
        "strategy: {rolling: {min_healthy: 100%}}", "3:35",
        "'min_healthy' of 100% lets no host be taken out of service, so nothing could start",
        remedy: "leave room for at least 1 host, for example 75%"
    ),
    .init(
        "strategy: {rolling: {max_parallel: 0}}", "3:36",
        "'max_parallel' is a whole number from 1 to 1000000; got '0'"
    ),
    .init(
        "max_failures: -1", "3:15",
        "'max_failures' is a number of hosts or a part of them, such as 3 or 25%; got '-1'"
    ),
    .init("max_failures: {}", "3:15", "'max_failures' sets no limit", remedy: "give 'batch', 'rollout' or both"),
    .init("max_failures: {bach: 1}", "3:16", "unknown key 'bach'; did you mean 'batch'?"),
]

private let hooks: [MistakeTests.Mistake] = [
    .init(
        "hooks: a.sh", "3:8",
        "'hooks' is a mapping of before_block_traffic, block_traffic, after_block_traffic, "
            + "application_stop…; got 'a.sh'"
    ),
    .init("hooks: {befor_install: a.sh}", "3:9", "unknown key 'befor_install'; did you mean 'before_install'?"),
    .init("hooks: {before_install: [a.sh]}", "3:25", "'before_install' is the path of a script; got a list"),
]

private let yaml: [MistakeTests.Mistake] = [
    .init("strategy:\n\trolling: {}", "4:1", "YAML doesn't allow a tab here", remedy: "indent with spaces"),
    .init("service: x", "1:1", "'service' is given more than once, first here", remedy: "keep one"),
    .init(#"hosts: "all"#, "3:8", "what is opened here is never closed", remedy: "add the missing quote, ']' or '}'"),
    .init(
        "hosts: [a, b\ninterval: 1s", "3:8",
        "what is opened here is never closed",
        remedy: "add the missing quote, ']' or '}'"
    ),
    .init("hosts\ninterval: 1s", "3:1", "a key without ':'", remedy: "write 'key: value'"),
    .init("hosts: a: b", "3:9", "unexpected ':'", remedy: "check the indentation, or quote a value that holds ': '"),
    .init(
        "strategy:\n  rolling:\n    stages: [1]\n   max_parallel: 1", "6:4",
        "this line doesn't fit the ones above it",
        remedy: "check the indentation"
    ),
    .init(
        "hosts: *", "3:9",
        "YAML takes '*' and '&' at the start of a value for itself",
        remedy: "put the value in double quotes"
    ),
    .init(
        "hosts: *web", "3:8",
        "YAML takes '*' at the start of a value for an alias",
        remedy: "put the value in double quotes"
    ),
    .init("hosts: @web", "3:8", "a value can't start with this character", remedy: "put the value in double quotes"),
    .init("hosts: - web", "3:8", "a list item isn't allowed here", remedy: "put the list on its own lines"),
    .init(
        "---\nservice: b", "3:1", "a second document begins here", remedy: "one file holds one document; remove '---'"),
    .init("a: &a [x]\nb: *a", "4:4", "YAML aliases such as '*a' are not supported", remedy: "write the value out"),
    .init(
        "hosts: a\u{7}b", "3:9", "a character that text files don't have",
        remedy: "the file is a text in UTF-8; delete the character"),
]
