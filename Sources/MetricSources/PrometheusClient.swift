import Analysis
import AsyncHTTPClient
import FleetModel
import Foundation
import NIOCore
import NIOHTTP1

/// A Prometheus server, or what speaks its API.
public struct PrometheusClient: Sendable {
    /// How it wants to be asked.
    public enum Credentials: Hashable, Sendable {
        case basic(user: String, password: Secret)
        case bearer(Secret)
    }

    /// More bytes of an answer than this are refused.
    public static let maximumAnswerBytes = 8 * 1024 * 1024

    /// One for all, never shut down. A connection that is refused is an answer; the next measurement tries again.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private let endpoint: String
    private let credentials: Credentials?
    private let timeLimit: Duration

    /// - Parameters:
    ///   - url: the server's, such as `http://prometheus:9090`, with a path where it has one.
    ///   - timeLimit: for one question, from connecting to the answer's last byte.
    /// - Throws: The URL is none of HTTP, or holds what is not the server's address.
    public init(url: String, credentials: Credentials? = nil, timeLimit: Duration = .seconds(10)) throws(Diagnostic) {
        let shown = url.printable(maximumBytes: 200)
        guard let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme?.lowercased()),
            parts.host?.isEmpty == false
        else {
            throw Diagnostic("'\(shown)' is no URL of a server", hint: "write http://prometheus:9090 or https://…")
        }
        guard parts.user == nil, parts.password == nil else {
            throw Diagnostic("a password in a URL can be read by all who see it", hint: "give it as a secret")
        }
        guard parts.query == nil, parts.fragment == nil else {
            throw Diagnostic("'\(shown)' is not the URL of a server alone", hint: "leave out what begins with ? or #")
        }
        endpoint = (url.hasSuffix("/") ? String(url.dropLast()) : url) + "/api/v1/query"
        self.credentials = credentials
        self.timeLimit = timeLimit
    }

    /// Asks once. Whatever goes wrong is a measurement too: an error.
    public func measure(_ metric: PrometheusMetric) async -> MetricReading {
        let request = request(metric.query)
        let answer = await within(timeLimit) { await Self.answer(to: request) }
        switch answer {
        case nil: return .error("\(endpoint) did not answer within \(timeLimit.spoken)")
        case .failure(let problem): return .error("\(endpoint): \(problem)")
        case .success(let response): return metric.measurement(response)
        }
    }

    private func request(_ query: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: endpoint)
        // Queries may be longer than a URL may be.
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        switch credentials {
        case .basic(let user, let password):
            let pair = Data(Array("\(user):".utf8) + password.exposed).base64EncodedString()
            request.headers.add(name: "Authorization", value: "Basic " + pair)
        case .bearer(let token):
            request.headers.add(
                name: "Authorization", value: "Bearer " + String(decoding: token.exposed, as: UTF8.self))
        case nil: break
        }
        request.body = .bytes(ByteBuffer(string: "query=" + Self.formEncoded(query)))
        return request
    }

    private static func answer(to request: HTTPClientRequest) async -> Result<PrometheusResponse, Diagnostic> {
        do {
            // The time limit is the caller's; this one only ends what cancelling did not.
            let response = try await http.execute(request, timeout: .minutes(5))
            let body = try await response.body.collect(upTo: maximumAnswerBytes)
            // Wrong queries are answered with 400 and JSON, by a proxy in between with a page.
            return .success(try read(body.readableBytesView, status: response.status.code))
        } catch let problem as Diagnostic {
            return .failure(problem)
        } catch is NIOTooManyBytesError {
            return .failure(Diagnostic("the answer has more than \(maximumAnswerBytes / 1_048_576) MiB"))
        } catch {
            return .failure(Diagnostic("\(error)".printable(maximumBytes: 300)))
        }
    }

    private static func read(
        _ body: ByteBufferView, status: UInt
    ) throws(Diagnostic) -> PrometheusResponse {
        do {
            return try PrometheusResponse(body)
        } catch {
            throw (200..<300).contains(status)
                ? error : Diagnostic("HTTP \(status): \(error.problem)", hint: error.hint)
        }
    }

    /// Everything but RFC 3986's unreserved characters is escaped.
    private static func formEncoded(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}
