import FleetModel

// A step in JSON is an object that says what is done under `action`: see docs/json-plan.md.

extension PlanStep {
    private enum CodingKeys: String, CodingKey {
        case action, batch, allocation, duration, analysis, hook, host, hosts
    }

    private enum Action: String, Codable {
        case change, restore, pause, analyse, retire
        case shiftTraffic = "shift_traffic"
        case runSchemaHook = "run_schema_hook"
    }

    public init(from decoder: any Decoder) throws {
        let step = try decoder.container(keyedBy: CodingKeys.self)
        switch try step.decode(Action.self, forKey: .action) {
        case .change: self = .change(batch: try step.decode(Int.self, forKey: .batch))
        case .restore: self = .restore(batch: try step.decode(Int.self, forKey: .batch))
        case .shiftTraffic: self = .shiftTraffic(try step.decode(TrafficAllocation.self, forKey: .allocation))
        case .pause:
            let text = try step.decodeIfPresent(String.self, forKey: .duration)
            let duration = text.flatMap(Duration.init(spoken:))
            guard text == nil || duration != nil else {
                throw DecodingError.dataCorruptedError(
                    forKey: .duration, in: step, debugDescription: "'\(text ?? "")' is no duration such as 5m")
            }
            self = .pause(duration)
        case .analyse: self = .analyse(AnalysisName(try step.decode(String.self, forKey: .analysis)))
        case .runSchemaHook:
            self = .runSchemaHook(
                try step.decode(SchemaHook.self, forKey: .hook), on: try step.decode(HostName.self, forKey: .host))
        case .retire: self = .retire(try step.decode([HostName].self, forKey: .hosts))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var step = encoder.container(keyedBy: CodingKeys.self)
        try step.encode(action, forKey: .action)
        switch self {
        case .change(let batch), .restore(let batch): try step.encode(batch, forKey: .batch)
        case .shiftTraffic(let allocation): try step.encode(allocation, forKey: .allocation)
        case .pause(let duration): try step.encodeIfPresent(duration?.spoken, forKey: .duration)
        case .analyse(let name): try step.encode(name.text, forKey: .analysis)
        case .runSchemaHook(let hook, let host):
            try step.encode(hook, forKey: .hook)
            try step.encode(host, forKey: .host)
        case .retire(let hosts): try step.encode(hosts, forKey: .hosts)
        }
    }

    private var action: Action {
        switch self {
        case .change: .change
        case .restore: .restore
        case .shiftTraffic: .shiftTraffic
        case .pause: .pause
        case .analyse: .analyse
        case .runSchemaHook: .runSchemaHook
        case .retire: .retire
        }
    }

    /// As JSON names what is done.
    var actionName: String { action.rawValue }
}
