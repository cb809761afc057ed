import AgentProtocol

/// One thing that happened in a rollout on this host.
struct LedgerRecord: WireMessage {
    enum Event: Equatable, Sendable {
        /// The step is about to begin; the action as it came.
        case intended([UInt8])
        /// What `current` was before the rollout's first activation: the link's text, empty for nothing.
        case foundOrigin(String)
        /// An activation is about to begin this stage of its plan.
        case reached(stage: Int)
        case ended(StepResult)
    }

    var step: String
    var event: Event

    func write(to writer: inout WireWriter) {
        writer.write(1, step)
        switch event {
        case .intended(let action):
            writer.write(2, 1 as UInt64)
            writer.write(3, action)
        case .foundOrigin(let text):
            writer.write(2, 2 as UInt64)
            writer.write(4, text)
        case .reached(let stage):
            writer.write(2, 3 as UInt64)
            writer.write(5, UInt64(stage))
        case .ended(let result):
            writer.write(2, 4 as UInt64)
            writer.write(6, result)
        }
    }

    init(step: String, _ event: Event) { (self.step, self.event) = (step, event) }

    init(from reader: inout WireReader) throws(WireError) {
        var (kind, stage): (UInt64, UInt64) = (0, 0)
        var (action, text): ([UInt8], String) = ([], "")
        var result: StepResult?
        step = ""
        while let field = try reader.next() {
            switch field.number {
            case 1: step = try field.text()
            case 2: kind = try field.integer()
            case 3: action = Array(try field.bytes())
            case 4: text = try field.text()
            case 5: stage = try field.integer()
            case 6: result = try field.message()
            default: break
            }
        }
        switch (kind, result) {
        case (1, _): event = .intended(action)
        case (2, _): event = .foundOrigin(text)
        case (3, _): event = .reached(stage: Int(clamping: stage))
        case (4, .some(let result)): event = .ended(result)
        default: throw .unknownKind
        }
    }
}
