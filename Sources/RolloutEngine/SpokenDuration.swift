import FleetModel

/// A duration as plans write it, `5m`: the standard library's own form is two numbers that nobody can read.
struct SpokenDuration: Codable {
    let value: Duration

    init(_ value: Duration) { self.value = value }

    /// Plans of before have the pair of numbers.
    init(from decoder: any Decoder) throws {
        guard let text = try? decoder.singleValueContainer().decode(String.self) else {
            value = try Duration(from: decoder)
            return
        }
        guard let duration = Duration(spoken: text) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath, debugDescription: "'\(text)' is no duration such as 5m"))
        }
        value = duration
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value.spoken)
    }
}

extension KeyedDecodingContainer {
    func decodeDuration(forKey key: Key) throws -> Duration { try decode(SpokenDuration.self, forKey: key).value }
}

extension KeyedEncodingContainer {
    mutating func encode(spoken duration: Duration, forKey key: Key) throws {
        try encode(SpokenDuration(duration), forKey: key)
    }
}
