import Foundation

/// One entry of a host's journal (systemd.journal-fields(7)); all of it is the host's word.
public struct JournalRecord: Sendable, Hashable, Decodable {
    /// Where it stands in the journal, for journalctl's `--after-cursor`.
    let cursor: String
    /// Microseconds since 1970-01-01 UTC, by the host's clock.
    public let microseconds: Int64
    /// May have several lines; hostile until made printable.
    public let message: String
    /// 0 (emergency) to 7 (debug), as syslog(3) has them; nil where it has none.
    public let priority: Int?
    /// What the program calls itself.
    public let identifier: String?

    private enum CodingKeys: String, CodingKey {
        case cursor = "__CURSOR"
        case time = "__REALTIME_TIMESTAMP"
        case message = "MESSAGE"
        case priority = "PRIORITY"
        case identifier = "SYSLOG_IDENTIFIER"
    }

    /// Nil for a line that is none of journalctl's.
    init?(line: [UInt8]) {
        guard let record = try? JSONDecoder().decode(Self.self, from: Data(line)) else { return nil }
        self = record
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        cursor = try container.decode(String.self, forKey: .cursor)
        microseconds = Int64(try container.decode(String.self, forKey: .time)) ?? 0
        message = Self.text(in: container, .message) ?? ""
        priority = Self.text(in: container, .priority).flatMap { Int($0) }
        identifier = Self.text(in: container, .identifier)
    }

    /// journalctl writes what is not UTF-8 as an array of bytes, and a field that occurs several times as an array.
    private static func text(in container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys) -> String? {
        if let text = try? container.decode(String.self, forKey: key) { return text }
        if let bytes = try? container.decode([UInt8].self, forKey: key) {
            return String(decoding: bytes, as: UTF8.self)
        }
        return try? container.decode([String].self, forKey: key).joined(separator: "\n")
    }
}
