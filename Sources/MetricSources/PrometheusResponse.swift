import FleetModel
import Foundation

/// What Prometheus answers to an instant query (HTTP API, `/api/v1/query`).
public struct PrometheusResponse: Hashable, Sendable {
    /// One series' newest value.
    public struct Series: Hashable, Sendable {
        public var labels: [String: String]
        /// NaN and the infinities are among what Prometheus answers.
        public var value: Double
    }

    /// More series than this are refused.
    public static let maximumSeries = 100_000

    /// A scalar is one series without labels.
    public let series: [Series]

    /// Reads the body of an answer, whatever its HTTP status.
    ///
    /// - Throws: What Prometheus says is wrong, or that this is no answer of Prometheus.
    public init(_ body: some Sequence<UInt8>) throws(Diagnostic) {
        let answer: Answer
        do {
            answer = try JSONDecoder().decode(Answer.self, from: Data(body))
        } catch {
            throw Diagnostic("the answer is none of Prometheus's API", hint: "is the URL that of a Prometheus server?")
        }
        guard answer.status == "success", let result = answer.data else {
            let problem = [answer.errorType, answer.error].compactMap { $0?.printable(maximumBytes: 500) }
            throw Diagnostic(problem.isEmpty ? "Prometheus says it failed, not why" : problem.joined(separator: ": "))
        }
        series = try Self.series(result)
        guard series.count <= Self.maximumSeries else {
            throw Diagnostic("the query gives more than \(Self.maximumSeries) series")
        }
    }

    private static func series(_ result: Answer.Result) throws(Diagnostic) -> [Series] {
        switch result {
        case .scalar(let sample): return [Series(labels: [:], value: sample.value)]
        case .vector(let elements):
            var series: [Series] = []
            for element in elements {
                guard let sample = element.value else {
                    throw Diagnostic("the query gives a histogram", hint: "take a number of it: histogram_quantile(…)")
                }
                series.append(Series(labels: element.metric, value: sample.value))
            }
            return series
        case .other(let type):
            throw Diagnostic(
                "the query gives a \(type.printable(maximumBytes: 40)), and a number or one for each host is needed",
                hint: "an instant vector or a scalar, such as rate(errors_total[1m])")
        }
    }
}

/// The JSON itself.
private struct Answer: Decodable {
    var status: String
    var data: Result?
    var errorType: String?
    var error: String?

    enum Result: Decodable {
        case scalar(Sample)
        case vector([Element])
        case other(String)

        private enum Key: CodingKey { case resultType, result }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            switch try container.decode(String.self, forKey: .resultType) {
            case "scalar": self = .scalar(try container.decode(Sample.self, forKey: .result))
            case "vector": self = .vector(try container.decode([Element].self, forKey: .result))
            case let type: self = .other(type)
            }
        }
    }

    struct Element: Decodable {
        var metric: [String: String]
        var value: Sample?
    }

    /// `[time, "number"]`; the number is text because JSON has no NaN.
    struct Sample: Decodable {
        var value: Double

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            _ = try container.decode(Double.self)
            let text = try container.decode(String.self)
            guard let value = Double(text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "no number")
            }
            self.value = value
        }
    }
}
