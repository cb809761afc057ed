import Analysis
import FleetModel
import Foundation
import FoundationNetworking
import TimeLimits

/// A Prometheus server, or what speaks its API.
public struct PrometheusClient: Sendable {
    /// How it wants to be asked.
    public enum Credentials: Hashable, Sendable {
        case basic(user: String, password: Secret)
        case bearer(Secret)
    }

    /// More bytes of an answer than this are refused.
    public static let maximumAnswerBytes = 8 * 1024 * 1024

    private let endpoint: URL
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
        guard let endpoint = parts.url?.appending(path: "api/v1/query") else {
            throw Diagnostic("'\(shown)' is no URL of a server")
        }
        self.endpoint = endpoint
        self.credentials = credentials
        self.timeLimit = timeLimit
    }

    /// Asks once. Whatever goes wrong is a measurement too: an error.
    public func measure(_ metric: PrometheusMetric) async -> MetricReading {
        let request = request(metric.query)
        let answer = await withTimeLimit(timeLimit) { await Self.answer(to: request) }
        switch answer {
        case nil: return .error("\(endpoint) did not answer within \(timeLimit.spoken)")
        case .failure(let problem): return .error("\(endpoint): \(problem)")
        case .success(let response): return metric.measurement(response)
        }
    }

    private func request(_ query: String) -> URLRequest {
        var request = URLRequest(url: endpoint)
        // Queries may be longer than a URL may be.
        request.httpMethod = "POST"
        request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
        switch credentials {
        case .basic(let user, let password):
            let pair = Data(Array("\(user):".utf8) + password.exposed).base64EncodedString()
            request.setValue("Basic " + pair, forHTTPHeaderField: "Authorization")
        case .bearer(let token):
            let text = String(decoding: token.exposed, as: UTF8.self)
            request.setValue("Bearer " + text, forHTTPHeaderField: "Authorization")
        case nil: break
        }
        request.httpBody = Data(("query=" + Self.formEncoded(query)).utf8)
        return request
    }

    private static func answer(to request: URLRequest) async -> Result<PrometheusResponse, Diagnostic> {
        do throws(Diagnostic) {
            let (status, body) = try await HTTPExchange.run(request, maximumBytes: maximumAnswerBytes)
            // Wrong queries are answered with 400 and JSON, by a proxy in between with a page.
            return .success(try read(body, status: status))
        } catch {
            return .failure(error)
        }
    }

    private static func read(_ body: Data, status: Int) throws(Diagnostic) -> PrometheusResponse {
        do throws(Diagnostic) {
            return try PrometheusResponse(body)
        } catch {
            guard !(200..<300).contains(status) else { throw error }
            throw Diagnostic("HTTP \(status): \(error.problem)", hint: error.hint)
        }
    }

    /// Everything but RFC 3986's unreserved characters is escaped.
    private static func formEncoded(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}
