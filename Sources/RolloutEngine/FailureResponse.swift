/// What a rollout does when it has failed.
public indirect enum FailureResponse: Hashable, Sendable {
    /// Restores every host that it changed.
    case rollback
    /// Starts no further host and waits for a person.
    case pause
    /// Goes on with the next host.
    case `continue`
    /// Starts no further host, and asks: retry, skip, resume or abort. Nobody answers in time: what follows is done.
    case ask(timeout: Duration, then: FailureResponse)

    /// What it comes to where nobody says otherwise.
    var endsInRollback: Bool {
        switch self {
        case .rollback: true
        case .pause, .continue: false
        case .ask(_, let then): then.endsInRollback
        }
    }
}

/// The plain ones are one word, as they were before there was another.
extension FailureResponse: Codable {
    private enum Word: String, Codable {
        case rollback, pause, `continue`
    }

    private struct Question: Codable {
        var ask: SpokenDuration
        var then: FailureResponse
    }

    public init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(Word.self) {
            self =
                switch word {
                case .rollback: .rollback
                case .pause: .pause
                case .continue: .continue
                }
        } else {
            let question = try Question(from: decoder)
            self = .ask(timeout: question.ask.value, then: question.then)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .rollback: try Word.rollback.encode(to: encoder)
        case .pause: try Word.pause.encode(to: encoder)
        case .continue: try Word.continue.encode(to: encoder)
        case .ask(let timeout, let then): try Question(ask: SpokenDuration(timeout), then: then).encode(to: encoder)
        }
    }
}
