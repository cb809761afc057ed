import Analysis
import FleetModel
import Foundation
import MetricSources
import Testing

@Suite struct PrometheusClientTests {
    private let names = ["web-1", "web-2", "web-3"].compactMap(HostName.init)

    private var perHost: PrometheusMetric.Shape {
        .perHost(label: "instance", names: Dictionary(uniqueKeysWithValues: names.map { ($0.text, $0) }))
    }

    private func metric(_ query: String, _ shape: PrometheusMetric.Shape = .single) -> PrometheusMetric {
        PrometheusMetric(query: query, shape: shape)
    }

    /// The series of three hosts, by a query that needs nothing scraped.
    private func hosts(_ values: [String], port: String = ":9100") -> String {
        zip(names, values).map { #"label_replace(vector(\#($1)), "instance", "\#($0)\#(port)", "", "")"# }
            .joined(separator: " or ")
    }

    @Test func `a real Prometheus is asked for what it scraped, for numbers and for hosts`() async throws {
        let exporter = try await SmallServer(SmallServer.http("shop_errors_total 42\n"))
        let server = try PrometheusServer(scraping: exporter.port)
        defer { server.stop() }
        let client = try PrometheusClient(url: server.url + "/")

        #expect(try await scraped(client) == .value(42))
        try await exporter.stop()
        #expect(await client.measure(metric("scalar(vector(0.25))")) == .value(0.25))
        #expect(await client.measure(metric("1 + 1 # & = %, a comment")) == .value(2))
        #expect(await client.measure(metric("no_such_metric")) == .noData)
        #expect(await client.measure(metric("vector(0) / 0")) == .noData)
        #expect(await client.measure(metric("vector(1) / 0")) == .noData)

        let values = await client.measure(metric(hosts(["1", "2.5", "NaN"]), perHost))
        #expect(values == .perHost([names[0]: 1, names[1]: 2.5]))
        #expect(await client.measure(metric("no_such_metric", perHost)) == .noData)
    }

    /// Scraping begins at a moment of the server's choice, so it is asked until it has begun.
    private func scraped(_ client: PrometheusClient) async throws -> MetricReading {
        let deadline = ContinuousClock.now + .seconds(30)
        var reading = MetricReading.noData
        while reading == .noData, ContinuousClock.now < deadline {
            reading = await client.measure(metric("shop_errors_total"))
            // Looks again.
            try await Task.sleep(for: .milliseconds(20))
        }
        return reading
    }

    @Test func `what a real Prometheus can't answer is an error that says why`() async throws {
        let exporter = try await SmallServer(.silence)
        let server = try PrometheusServer(scraping: exporter.port)
        defer { server.stop() }
        let client = try PrometheusClient(url: server.url)
        let expected = [
            ("rate(", "HTTP 400: bad_data: "),
            (hosts(["1", "2"]), "the query gives 2 series, and one is needed"),
            ("vector(1)[5m:1m]", "the query gives a matrix"),
            (#""text""#, "the query gives a string"),
        ]
        for (query, text) in expected {
            guard case .error(let reason) = await client.measure(metric(query)) else {
                Issue.record("\(query) is no error")
                continue
            }
            #expect(reason.contains(text), "\(reason)")
        }
        let other = await client.measure(
            metric(hosts(["1"]), .perHost(label: "host", names: ["web-1": names[0]])))
        #expect(other == .error("no series has a host's name or address in its label 'host'"))
        try await exporter.stop()
    }

    @Test func `a real Prometheus that wants a password gets it`() async throws {
        let exporter = try await SmallServer(.silence)
        // bcrypt of "correct horse", cost 4.
        let server = try PrometheusServer(
            scraping: exporter.port,
            webConfiguration: "basic_auth_users: {ann: $2b$04$nbrvddU0yMi9iT3EYY5UjOCzEns52dkQDNUkKRN0KLYpES/y8xOAi}")
        defer { server.stop() }
        let right = try PrometheusClient(
            url: server.url, credentials: .basic(user: "ann", password: Secret("correct horse")))
        #expect(await right.measure(metric("vector(1)")) == .value(1))
        let none = try PrometheusClient(url: server.url)
        guard case .error(let reason) = await none.measure(metric("vector(1)")) else {
            Issue.record("it answers everybody")
            return
        }
        #expect(reason.contains("HTTP 401"), "\(reason)")
        try await exporter.stop()
    }

    @Test(arguments: [SmallServer.Answer.silence, .head])
    func `a server that does not finish costs no more than the time limit`(answer: SmallServer.Answer) async throws {
        let server = try await SmallServer(answer)
        let client = try PrometheusClient(url: server.url, timeLimit: .milliseconds(200))
        let reading = await client.measure(metric("vector(1)"))
        #expect(reading == .error("\(server.url)/api/v1/query did not answer within 200ms"))
        try await server.stop()
    }

    @Test func `a server that never stops answering is cut off`() async throws {
        let server = try await SmallServer(.endless)
        let client = try PrometheusClient(url: server.url, timeLimit: .seconds(60))
        guard case .error(let reason) = await client.measure(metric("vector(1)")) else {
            Issue.record("an endless answer was taken")
            return
        }
        #expect(reason.hasSuffix("the answer has more than 8 MiB"), "\(reason)")
        try await server.stop()
    }

    @Test func `a server that is not there is an error`() async throws {
        let server = try await SmallServer(.silence)
        try await server.stop()
        let client = try PrometheusClient(url: server.url, timeLimit: .seconds(60))
        guard case .error(let reason) = await client.measure(metric("vector(1)")) else {
            Issue.record("nobody answered")
            return
        }
        #expect(reason.contains("connect to"), "\(reason)")
    }

    @Test(arguments: ["<html>", "{}", #"{"status":"success"}"#, String(repeating: "[", count: 2000), ""])
    func `what is no answer of Prometheus is an error`(body: String) async throws {
        let server = try await SmallServer(SmallServer.http(body))
        let client = try PrometheusClient(url: server.url)
        guard case .error = await client.measure(metric("vector(1)")) else {
            Issue.record("\(body.prefix(40)) was taken")
            return
        }
        try await server.stop()
    }

    @Test(arguments: [
        "", "prometheus:9090", "ftp://a", "http://", "http://ann:secret@a", "http://a?x=1", "file:///etc",
    ])
    func `what is no URL of a server is refused`(url: String) {
        #expect(throws: Diagnostic.self) { try PrometheusClient(url: url) }
    }

    @Test func `hosts are told by label, with a port or without, by name or address`() throws {
        let body = """
            {"status":"success","data":{"resultType":"vector","result":[
              {"metric":{"instance":"web-1"},"value":[1,"1"]},
              {"metric":{"instance":"[2001:db8::2]:9100"},"value":[1,"2"]},
              {"metric":{"instance":"10.0.0.3:9100"},"value":[1,"+Inf"]},
              {"metric":{"instance":"db-1:9100"},"value":[1,"4"]}]}}
            """
        let shape = PrometheusMetric.Shape.perHost(
            label: "instance", names: ["web-1": names[0], "2001:db8::2": names[1], "10.0.0.3": names[2]])
        let reading = metric("q", shape).measurement(try PrometheusResponse(body.utf8))
        #expect(reading == .perHost([names[0]: 1, names[1]: 2]))
    }

    @Test func `two series of one host are an error`() throws {
        let series = #"{"metric":{"instance":"web-1:1"},"value":[1,"1"]}"#
        let body = #"{"status":"success","data":{"resultType":"vector","result":[\#(series),\#(series)]}}"#
        let reading = metric("q", perHost).measurement(try PrometheusResponse(body.utf8))
        #expect(reading == .error("the query gives several series of web-1; aggregate them: sum by (instance) (…)"))
    }
}
