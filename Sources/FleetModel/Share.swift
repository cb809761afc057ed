/// A number of hosts, or a part of them: `3` or `"25%"`.
public enum Share: Hashable, Sendable, Codable, CustomStringConvertible {
    /// That many hosts.
    case count(Int)
    /// That part of the hosts, 0…100.
    case percent(Int)

    /// Reads `3` or `25%`; nil for anything else, negative numbers and more than 100 %.
    public init?(_ text: String) {
        if text.hasSuffix("%") {
            guard let number = Int(text.dropLast()), (0...100).contains(number) else { return nil }
            self = .percent(number)
        } else {
            guard let number = Int(text), number >= 0 else { return nil }
            self = .count(number)
        }
    }

    /// The hosts of a batch out of `total`: percent rounds down, at least 1, as Ansible's `serial` does.
    public func batchSize(of total: Int) -> Int { max(1, min(rounded(.down, of: total), total)) }

    /// A ceiling on hosts, such as `max_unavailable`: percent rounds down, to the safe side.
    public func ceiling(of total: Int) -> Int { min(rounded(.down, of: total), total) }

    /// A floor under hosts, such as `min_healthy`: percent rounds up, to the safe side.
    public func floor(of total: Int) -> Int { min(rounded(.up, of: total), total) }

    private enum Rounding { case down, up }

    private func rounded(_ rounding: Rounding, of total: Int) -> Int {
        switch self {
        case .count(let number): number
        case .percent(let number): (total * number + (rounding == .up ? 99 : 0)) / 100
        }
    }

    public var description: String {
        switch self {
        case .count(let number): "\(number)"
        case .percent(let number): "\(number)%"
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let share = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a count or a percentage")
        }
        self = share
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
