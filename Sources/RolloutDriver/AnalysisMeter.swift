import Analysis
import FleetModel
import HostAccess
import MetricSources
import RolloutEngine
import RolloutSpec

/// Takes one analysis's measurements, from wherever its metric is.
struct AnalysisMeter: Sendable {
    private enum Source: Sendable {
        case prometheus(Result<PrometheusClient, Diagnostic>, PrometheusMetric)
        case script(AnalysisScript, value: String?, isPerHost: Bool)
        case agents(AgentMetricReader, [HostName])
    }

    private var source: Source
    private let sides: AnalysisSides

    init(_ analysis: RolloutSpec.Analysis, _ sides: AnalysisSides, of job: RolloutJob, _ fleet: any Fleet) {
        self.sides = sides
        let isComparison = if case .comparison = analysis.judgement { true } else { false }
        switch analysis.metric {
        case .prometheus(let url, let query):
            let client = Result { () throws(Diagnostic) in try PrometheusClient(url: url) }
            let shape: PrometheusMetric.Shape =
                isComparison ? .perHost(label: "instance", names: Self.names(of: sides.all, in: job)) : .single
            source = .prometheus(client, PrometheusMetric(query: query, shape: shape))
        case .script(let path, let value):
            let recipe = job.analyses ?? AnalysisRecipe([], directory: "")
            let script = AnalysisScript(path.text, of: recipe, analysis.name.text, job.plan, sides)
            source = .script(script, value: value?.text, isPerHost: isComparison)
        case .agent(let metric):
            // Side by side, both are shown though one decides.
            let hosts = isComparison || job.plan.strategy == .abTest ? sides.all : sides.canary
            source = .agents(AgentMetricReader(metric, fleet), hosts)
        }
    }

    /// The first measurement only makes a beginning.
    var isDifference: Bool { if case .agents(let reader, _) = source { reader.isDifference } else { false } }

    mutating func read() async -> MetricReading {
        switch source {
        case .prometheus(.failure(let problem), _): return .error(problem.problem)
        case .prometheus(.success(let client), let metric): return await client.measure(metric)
        case .script(let script, let value, let isPerHost):
            do throws(Diagnostic) {
                let lines = try await script.run()
                return isPerHost ? perHost(lines) : .value(try lines.value(value))
            } catch { return .error(error.problem) }
        case .agents(var reader, let hosts):
            let reading = await reader.read(hosts)
            source = .agents(reader, hosts)
            return reading
        }
    }

    private func perHost(_ lines: MetricLines) -> MetricReading {
        let values = Dictionary(
            sides.all.compactMap { host in lines.values[host.text].map { (host, $0) } },
            uniquingKeysWith: { first, _ in first })
        if values.isEmpty, !lines.values.isEmpty { return .error("the script names no host of the comparison") }
        return values.isEmpty ? .noData : .perHost(values)
    }

    /// What hosts may be called in a series: by their names or their addresses.
    private static func names(of hosts: [HostName], in job: RolloutJob) -> [String: HostName] {
        let wanted = Set(hosts)
        var names: [String: HostName] = [:]
        for endpoint in job.endpoints where wanted.contains(endpoint.name) { names[endpoint.address] = endpoint.name }
        for host in hosts { names[host.text] = host }
        return names
    }
}
