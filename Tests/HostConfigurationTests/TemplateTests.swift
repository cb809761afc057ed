import HostConfiguration
import FleetModel
import Testing

@Suite struct TemplateTests {
    private func rendered(_ text: String, on host: String = "web-1") throws -> String {
        try Scene().rendered(text, on: host)
    }

    @Test func `variables of every kind are written as they are, unescaped`() throws {
        let scene = try Scene("[web]\nh1 text=\"a<b> & 'c'\" n=5 f=1.10 t=True s=true\n")
        #expect(try scene.rendered("{{text}} {{{text}}} {{& text }}", on: "h1") == "a<b> & 'c' a<b> & 'c' a<b> & 'c'")
        #expect(try scene.rendered("{{n}} {{ f }} {{t}} {{s}}", on: "h1") == "5 1.1 true true")
    }

    @Test func `what is the same for all hosts, and what coord knows, can be used`() throws {
        #expect(
            try rendered("{{inventory_hostname}} {{coord.service}} {{coord.release}} {{coord.host}}")
                == "web-1 shop 1.4 web-1")
        #expect(try rendered("{{#groups.web}}{{.}}{{^-last}},{{/-last}}{{/groups.web}}") == "web-1,web-2")
        #expect(try rendered("{{#group_names}}{{-index}}:{{.}}{{/group_names}}") == "0:web")
    }

    @Test(arguments: [
        ("{{#debug}}on{{/debug}}{{^debug}}off{{/debug}}", "off"),
        ("a\n{{#port}}\n  b\n{{/port}}\nc\n", "a\n  b\nc\n"),
        ("a\n  {{! a remark\n on two lines }}  \nc", "a\nc"),
        ("{{#port}}{{/port}}\n", "\n"),
        ("a {{#port}} b {{/port}} c\n", "a  b  c\n"),
        ("{{=<% %>=}}<% port %> {{port}}", "8080 {{port}}"),
        ("x {\r\n  {{#port}}\r\n  y\r\n  {{/port}}\r\n}\r\n", "x {\r\n  y\r\n}\r\n"),
        ("{{#peers}}\n- {{.}}\n{{/peers}}\n", "- a\n- b\n"),
        ("end: {{port}}  ", "end: 8080  "),
        ("", ""),
    ])
    func `sections and lines are Mustache's`(text: String, expected: String) throws {
        #expect(try rendered(text) == expected)
    }

    @Test func `a variable that is not set is named with its place and every host`() throws {
        let scene = try Scene("[web]\nweb-1 db_host=a\nweb-2\nweb-3\n")
        #expect(
            scene.problems("x\n  {{db_host}} {{db_hots}}") == [
                "t.mustache:2:15: 'db_hots' is not set for web-1; did you mean 'db_host'?",
                "t.mustache:2:3: 'db_host' is not set for web-2, web-3",
                "t.mustache:2:15: 'db_hots' is not set for web-2, web-3",
            ])
    }

    @Test(arguments: [
        ("{{coord.relase}}", "1:1: 'coord.relase' is not set for web-1, web-2; did you mean 'release'?"),
        ("{{^debugg}}x{{/debugg}}", "1:1: 'debugg' is not set for web-1, web-2"),
        ("{{groups.web}}", "1:1: 'groups.web' is a list, not a text, for web-1, web-2"),
        ("{{secret.db}}", "1:1: 'secret.db' is not set for web-1, web-2"),
        ("a\n{{#x}}", "2:1: section 'x' does not end"),
        ("{{/x}}", "1:1: '{{/x}}' ends a section that has not begun"),
        ("{{#a}}\n{{/b}}", "2:1: '{{/b}}' stands where 'a' of line 1 has to end"),
        ("é {{port", "1:3: a tag begins with '{{' and does not end"),
        ("{{> part}}", "1:1: partials and inheritance ('{{>…}}') are not supported"),
        ("{{a b}}", "1:1: 'a b' is no variable's name"),
    ])
    func `a mistake is told with its place`(text: String, expected: String) throws {
        #expect(try Scene().problems(text).first?.hasPrefix("t.mustache:" + expected) == true)
    }

    @Test func `templates that would take all memory end in an error`() throws {
        let deep = String(repeating: "{{#port}}", count: 10_000)
        #expect(try Scene().problems(deep).first == "t.mustache:1:289: more than 32 sections within each other")
        let hosts = (0..<200).map { "h\($0)" }.joined(separator: "\n")
        let scene = try Scene("[web]\n\(hosts)\n")
        let open = String(repeating: "{{#groups.web}}", count: 8), end = String(repeating: "{{/groups.web}}", count: 8)
        let renderer = try scene.renderer([scene.template(open + end)])
        let error = #expect(throws: Diagnostics.self) { try renderer.files(for: #require(HostName("h1"))) }
        #expect(error?.description.contains("larger than 1024 KiB") == true)
    }
}
