import FleetModel
import Yams

/// What single sections can't see: settings that don't go together.
///
/// Whatever was given and could not be read has a finding already, and is not judged here.
struct Contradictions {
    let section: Section<RolloutSpec.Key>
    let strategy: RolloutSpec.Strategy
    let traffic: RolloutSpec.Traffic?
    let analyses: [RolloutSpec.Analysis]

    private var findings: Findings { section.field.findings }

    func report() {
        reportTraffic()
        reportStrategy()
        reportAnalyses()
        reportReversal()
        reportLiveVersions()
    }

    /// The value of a key of the strategy, and failing that the strategy's.
    private func setting(_ key: String) -> Field? {
        let strategy = section[.strategy]
        return strategy?.node.mapping?.first?.value.mapping?.first { $0.key.string == key }
            .map { Field(name: "'\(key)'", node: $0.value, findings: findings) } ?? strategy
    }
}

// MARK: - Traffic

extension Contradictions {
    private func reportTraffic() {
        guard let field = section[.traffic] else { return }
        guard let traffic else { return }
        switch (traffic.port, strategy.instances) {
        case (nil, nil):
            field.reject("'traffic' lacks 'port'", hint: "add the service's port: a drain waits for its connections")
        case (.some, .some):
            let hint = "leave it out: each instance has the port that 'instances' gives it"
            field.reject("'port' of 'traffic' does not go with 'instances'", hint: hint)
        default: break
        }
    }

    private func reportStrategy() {
        if section[.traffic] == nil, let surge = setting("surge"), surge.name == "'surge'" {
            let hint = "add 'traffic:' with the balancers, or leave the spares out"
            surge.reject("'surge' brings spares into the traffic, and there is no 'traffic'", hint: hint)
        }
        switch strategy {
        case .rolling, .recreate: break
        case .canary(let canary): report(canary)
        case .blueGreen(let blueGreen): report(blueGreen)
        case .abTest(let test): report(test)
        }
    }

    /// With balancers a weight is of the canary's traffic, so there must be a canary; without, it is of the hosts.
    private func report(_ canary: RolloutSpec.Strategy.Canary) {
        let items = setting("steps")?.node.sequence.map(Array.init) ?? []
        guard items.count == canary.steps.count else { return }
        var isSet = false
        var lastWeight = 0
        for (node, step) in zip(items, canary.steps) {
            let item = Field(name: "a step", node: node, findings: findings)
            switch step {
            case .setCanary: isSet = true
            case .setWeight(let weight):
                if section[.traffic] != nil, !isSet {
                    let hint = "put '- set_canary: 1' or the like before it"
                    item.reject("'set_weight' before any host is the canary", hint: hint)
                }
                if section[.traffic] == nil, weight < lastWeight {
                    let hint = "without 'traffic' a weight is so many percent of the hosts, and a canary can't shrink"
                    item.reject("a weight of \(weight) after one of \(lastWeight)", hint: hint)
                }
                lastWeight = weight
                isSet = isSet || section[.traffic] == nil && weight > 0
            case .analysis(let name) where !isSet && comparison(name):
                let hint = "put '- set_canary: 1' or the like before it"
                item.reject("\(quoted(name.text)) compares the canary before any host is the canary", hint: hint)
            case .analysis, .pause: break
            }
        }
    }

    private func comparison(_ name: LocatedText) -> Bool {
        guard let analysis = analyses.first(where: { $0.name == name }) else { return false }
        if case .comparison = analysis.judgement { return true }
        return false
    }

    private func report(_ blueGreen: RolloutSpec.Strategy.BlueGreen) {
        if section[.traffic] == nil {
            let hint = "add 'traffic:' with the balancers, or a script that switches"
            section[.strategy]?.reject("'blue_green' switches traffic, and there is no 'traffic'", hint: hint)
        }
        if blueGreen.hasPreview, case .haproxy(let haproxy) = traffic?.balancers, haproxy.previewBackend == nil {
            let hint = "add 'preview_backend' under 'traffic: haproxy:'"
            setting("preview")?.reject("'preview' has no preview address", hint: hint)
        }
        for name in blueGreen.analyses + blueGreen.analysesAfterSwitch where comparison(name) {
            let hint = "before the switch one side has no traffic, after it the other; use thresholds"
            let problem = "\(quoted(name.text)) compares, and 'blue_green' leaves nothing to compare"
            findings.add(problem, at: name.location, hint: hint)
        }
    }

    private func report(_ test: RolloutSpec.Strategy.ABTest) {
        if section[.traffic] == nil {
            let hint = "add 'traffic:' with the balancers, or a script that shares requests out"
            section[.strategy]?.reject("'a_b' shares out traffic, and there is no 'traffic'", hint: hint)
        }
        if test.match != nil, case .haproxy(let haproxy) = traffic?.balancers, haproxy.route == nil {
            let hint = "add 'route_backend' and 'map' under 'traffic: haproxy:'"
            setting("match")?.reject("'match' has nowhere to send the requests", hint: hint)
        }
    }
}

// MARK: - Analyses

extension Contradictions {
    private func reportAnalyses() {
        let names = section[.analyses]?.node.mapping?.keys.compactMap(\.string) ?? []
        let used = Set(strategy.analyses.map(\.text))
        for reference in strategy.analyses where !names.contains(reference.text) {
            let suggestion = didYouMean(reference.text, among: names)
            let known = names.isEmpty ? "define it under 'analyses:'" : "defined are: \(names.joined(separator: ", "))"
            let problem = "there is no analysis \(quoted(reference.text))\(suggestion)"
            findings.add(problem, at: reference.location, hint: suggestion.isEmpty ? known : nil)
        }
        reportUnmeasurable()
        // One that is not defined may be another's name misspelt.
        guard used.isSubset(of: names) else { return }
        for analysis in analyses where !used.contains(analysis.name.text) {
            let problem = "no step uses the analysis \(quoted(analysis.name.text))"
            findings.add(problem, at: analysis.name.location, hint: unusedHint(analysis.name.text))
        }
    }

    /// What the agents can't know of such a service: an analysis of it would only ever end as an error.
    private func reportUnmeasurable() {
        for analysis in analyses {
            guard case .agent(let metric) = analysis.metric else { continue }
            let subject = "the agents can't measure '\(metric.rawValue)' for \(quoted(analysis.name.text))"
            switch metric {
            case .latency where section[.health] == nil:
                let problem = "\(subject): there are no health checks to time"
                findings.add(problem, at: analysis.name.location, hint: "add 'health:', or measure by a script")
            case .cpu, .memory, .restarts, .logErrors:
                guard section[.commands] != nil else { continue }
                let problem = "\(subject): 'commands' tell of no process and have no journal"
                let hint = "run the service by 'systemd', or measure by a script"
                findings.add(problem, at: analysis.name.location, hint: hint)
            case .latency: break
            }
        }
    }

    private func unusedHint(_ name: String) -> String {
        switch strategy {
        case .rolling, .recreate: "'canary', 'blue_green' and 'a_b' analyse; remove it, or use one of them"
        case .canary: "add '- analysis: \(name)' to the steps, or remove it"
        case .blueGreen, .abTest: "add 'analyses: [\(name)]' to the strategy, or remove it"
        }
    }
}

// MARK: - The way back

extension Contradictions {
    private func reportReversal() {
        let isReversible = section[.reversible]?.text != "false"
        if !isReversible, let field = section[.onFailure], field.isMapping ? field.fallsBack : field.text == "rollback"
        {
            let hint = "write 'on_failure: pause', or remove 'reversible: false'"
            field.reject("what is not reversible can't be rolled back on failure", hint: hint)
        }
        guard let rehearsal = section[.rehearseRollback], rehearsal.text == "true" else { return }
        if !isReversible {
            rehearsal.reject("what is not reversible can't rehearse its rollback", hint: "keep one of the two")
        }
        switch strategy {
        case .recreate:
            rehearsal.reject("'recreate' has no first hosts to rehearse on", hint: "use 'canary' or 'rolling'")
        case .blueGreen:
            let hint = "switching back changes no host: remove it"
            rehearsal.reject("'blue_green' has no rollback to rehearse", hint: hint)
        case .rolling, .canary, .abTest: break
        }
    }

    private func reportLiveVersions() {
        guard let field = section[.maximumLiveVersions], field.text == "1" else { return }
        switch strategy {
        case .recreate: break
        case .rolling, .canary, .abTest:
            let problem = "two releases serve at a time while the hosts change one after the other"
            field.reject(problem, hint: "allow 2; or use 'recreate'")
        case .blueGreen:
            let problem = "two releases run at a time: the idle side is verified beside the one that serves"
            field.reject(problem, hint: "allow 2; or use 'recreate'")
        }
    }
}

extension Field {
    /// Of `on_failure: {ask: …}`: nobody answers, and it rolls back.
    fileprivate var fallsBack: Bool {
        let then = node.mapping?.first { $0.key.string == "then" }?.value.string
        return then == nil || then == "rollback"
    }
}
