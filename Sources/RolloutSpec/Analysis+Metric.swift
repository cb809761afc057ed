import FleetModel

extension RolloutSpec.Analysis {
    /// Where numbers come from.
    public enum Metric: Sendable, Hashable, Codable {
        /// An instant query; `url` is the server's, without `/api/v1`.
        case prometheus(url: String, query: String)
        /// A program, relative to the spec, that runs where `coord` runs and prints lines `name value`; `value` picks
        /// one.
        case script(LocatedText, value: LocatedText?)
        /// What the agents know of their hosts.
        case agent(AgentMetric)
    }

    /// A number that each agent samples on its host.
    public enum AgentMetric: String, Sendable, Hashable, Codable, CaseIterable {
        /// Of the service, in percent of one processor.
        case cpu
        /// Of the service, resident, in bytes.
        case memory
        /// Of the service since the last sample.
        case restarts
        /// Of the health checks, in milliseconds.
        case latency
        /// Lines of priority err or worse in the service's journal since the last sample.
        case logErrors = "log_errors"
    }
}

extension RolloutSpec.Analysis.Metric {
    enum Key: String, SectionKey {
        case prometheus, query, script, value, agent

        static let place = "under 'metric:'"
    }

    /// Nil with a finding.
    init?(_ field: Field) {
        guard let section = Section<Key>(field) else { return nil }
        guard let kind = section.one(of: [.prometheus, .script, .agent], "a metric"), let source = section[kind] else {
            return nil
        }
        if kind != .prometheus { section[.query]?.reject("'query' goes with 'prometheus' only") }
        if kind != .script { section[.value]?.reject("'value' goes with 'script' only") }
        switch kind {
        case .prometheus:
            let url = source.serverURL()
            guard let query = section.required(.query)?.scalar("a query in PromQL"), let url else { return nil }
            self = .prometheus(url: url, query: query)
        case .script:
            let value = section[.value]?.line("the name of a value that the script prints")
            guard let script = source.line("the path of a script") else { return nil }
            self = .script(script, value: value)
        default:
            guard let metric = source.word(of: RolloutSpec.Analysis.AgentMetric.self) else { return nil }
            self = .agent(metric)
        }
    }
}

extension Field {
    /// RFC 3986 §2: what else a URL may hold comes percent-encoded.
    fileprivate func serverURL() -> String? {
        let form = "the URL of a server such as http://prometheus:9090"
        guard let text = line(form)?.text else { return nil }
        let scheme = ["http://", "https://"].first { text.hasPrefix($0) }
        let rest = text.dropFirst(scheme?.count ?? 0)
        let authority = rest.prefix { $0 != "/" }
        let isPrintable = rest.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard scheme != nil, isPrintable, !authority.isEmpty, !rest.contains("#"), !rest.contains("?") else {
            mismatch(form)
            return nil
        }
        guard !authority.contains("@") else {
            reject("\(name) holds a user or a password", hint: "a spec is no place for secrets; let a script ask")
            return nil
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
