import Analysis
import FleetModel

/// What is asked of Prometheus, and what becomes of the answer.
public struct PrometheusMetric: Hashable, Sendable {
    /// What the query's result must look like.
    public enum Shape: Hashable, Sendable {
        /// A scalar, or a vector of exactly one series.
        case single
        /// A series for each host, told apart by a label, with or without a port. `names` are what hosts are called
        /// there; series of others are left out.
        case perHost(label: String, names: [String: HostName])
    }

    /// In PromQL.
    public var query: String
    public var shape: Shape

    public init(query: String, shape: Shape) {
        self.query = query
        self.shape = shape
    }

    /// What an answer measures. What is no finite number is no data.
    public func measurement(_ response: PrometheusResponse) -> MetricReading {
        switch shape {
        case .single: single(response.series)
        case .perHost(let label, let names): perHost(response.series, label: label, names: names)
        }
    }

    private func single(_ series: [PrometheusResponse.Series]) -> MetricReading {
        guard series.count <= 1 else {
            return .error(
                "the query gives \(series.count) series, and one is needed; aggregate them: sum(…), avg(…), max(…)")
        }
        guard let value = series.first?.value, value.isFinite else { return .noData }
        return .value(value)
    }

    private func perHost(
        _ series: [PrometheusResponse.Series], label: String, names: [String: HostName]
    ) -> MetricReading {
        var values: [HostName: Double] = [:]
        var seen: Set<HostName> = []
        for entry in series {
            guard let text = entry.labels[label], let host = names[text] ?? names[Self.withoutPort(text)] else {
                continue
            }
            guard seen.insert(host).inserted else {
                return .error("the query gives several series of \(host); aggregate them: sum by (\(label)) (…)")
            }
            if entry.value.isFinite { values[host] = entry.value }
        }
        if values.isEmpty, seen.isEmpty, !series.isEmpty {
            return .error("no series has a host's name or address in its label '\(label)'")
        }
        return values.isEmpty ? .noData : .perHost(values)
    }

    /// `web-1:9100` and `[2001:db8::1]:9100` without the port.
    private static func withoutPort(_ text: String) -> String {
        guard let colon = text.lastIndex(of: ":") else { return text }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { return String(host.dropFirst().dropLast()) }
        // An IPv6 address without brackets has no port.
        return host.contains(":") ? text : String(host)
    }
}
