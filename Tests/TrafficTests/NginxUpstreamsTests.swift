import FleetModel
import Testing

@testable import Traffic

@Suite struct NginxUpstreamsTests {
    private let servers = [
        NginxUpstreams.Server(name: "h1", address: "10.0.0.1:8080", weight: 256, isDrained: false),
        .init(name: "h2", address: "[fd00::2]:8080", weight: 5, isDrained: true),
        .init(name: "h3-blue", address: "h3.example.org:8081", weight: 0, isDrained: true),
    ]

    @Test(arguments: [
        nil, TrafficRoute(.header("x-variant", value: "b+c"), to: ["h1", "h3-blue"]),
        .init(.cookie("variant", value: "b"), to: ["h2"]), .init(.preview, to: ["h3-blue"]),
    ])
    func `what is written is read again`(route: TrafficRoute?) throws {
        let upstreams = NginxUpstreams(name: "my-shop", servers: servers, route: route)
        let again = try NginxUpstreams(parsing: upstreams.text, name: "my-shop", file: "f")
        #expect(again == upstreams)
        #expect(upstreams.text.contains("$my_shop_upstream {"))
    }

    @Test func `every line that a person adds or takes is noticed`() throws {
        let lines = NginxUpstreams(name: "shop", servers: servers, route: nil).text.split(
            separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices.dropLast() {
            var fewer = lines
            fewer.remove(at: index)
            var more = lines
            more.insert("    server 10.0.0.9:1 backup;", at: index)
            for text in [fewer, more].map({ $0.joined(separator: "\n") }) {
                #expect(throws: TrafficError.self) {
                    try NginxUpstreams(parsing: text, name: "shop", file: "f")
                }
            }
        }
    }

    @Test func `what would be something else in a balancer's configuration is refused`() throws {
        let member = TrafficMember(name: "h1", host: try #require(HostName("h1")), address: "::1;", port: 1)
        #expect(NginxUpstreams.address(of: member) == nil)
        for value in ["b\"", "b;c", "b c", "", "b\n"] {
            #expect(throws: TrafficError.self) { try TrafficRoute(.header("x", value: value), to: []).validate() }
        }
        for name in ["shop;", "", "a b", "shop{"] { #expect(!NginxUpstreams.isName(name)) }
    }
}
