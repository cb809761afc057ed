import FoundationEssentials

/// Hours of the week in which hosts may be started, such as `Mon-Fri 09:00-16:00 Europe/Berlin`.
///
/// It is open whenever a clock on the wall there shows one of its hours: the hour that summer time leaves out never
/// comes, and the one that comes twice is open, or shut, both times. A day's hours that end after midnight belong to
/// the day on which they begin.
public struct MaintenanceWindow: Sendable, Hashable, CustomStringConvertible {
    /// The days on which it opens; never empty.
    public let days: Set<RolloutSpec.Weekday>
    /// Minutes after midnight, 0…1439.
    public let opens: Int
    /// Minutes after midnight, 1…1440. Not later than `opens`: on the next day.
    public let shuts: Int
    /// Where the clock hangs.
    public let timeZone: TimeZone
    /// As written.
    public let description: String

    /// Whether hosts may be started at that time.
    public func isOpen(at time: Date) -> Bool {
        let clock = WallClock(at: time, in: timeZone)
        let isOvernight = shuts <= opens
        let began = days.contains(clock.day) && clock.minute >= opens && (isOvernight || clock.minute < shuts)
        return began || isOvernight && days.contains(clock.day.dayBefore) && clock.minute < shuts
    }

    /// When it next opens or shuts; nil where it is always open.
    public func nextChange(after time: Date) -> Date? {
        let isOpen = isOpen(at: time)
        var time = time
        let end = time + Self.horizon
        while time < end {
            time = nextEdge(after: time)
            if self.isOpen(at: time) != isOpen { return time }
        }
        return nil
    }

    /// Two weeks and a day, in seconds: where summer time leaves out a week's only window, the week after has one.
    static let horizon: Double = 15 * 86_400

    /// A later time, at most a day later, up to which nothing changes.
    private func nextEdge(after time: Date) -> Date {
        let clock = WallClock(at: time, in: timeZone)
        let minutes = [opens, shuts, 1440].filter { $0 > clock.minute }.min() ?? 1440
        // In whole seconds: a sum of fractions could be the time that it began with.
        let start = time.timeIntervalSince1970.rounded(.down)
        let edge = Date(timeIntervalSince1970: start + Double(minutes * 60 - clock.secondOfDay))
        return firstShift(from: time, to: edge) ?? edge
    }

    /// When the clock is put forward or back between the two times, to the second; nil where it isn't.
    private func firstShift(from start: Date, to end: Date) -> Date? {
        let offset = timeZone.secondsFromGMT(for: start)
        guard timeZone.secondsFromGMT(for: end) != offset else { return nil }
        // Shifts come on whole seconds; both bounds are less than two days apart.
        var before = start.timeIntervalSince1970.rounded(.down)
        var after = end.timeIntervalSince1970.rounded(.up)
        while after - before > 1 {
            let middle = ((before + after) / 2).rounded(.down)
            let isBefore = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: middle)) == offset
            if isBefore { before = middle } else { after = middle }
        }
        return Date(timeIntervalSince1970: after)
    }
}

/// What a clock on the wall shows.
private struct WallClock {
    let day: RolloutSpec.Weekday
    /// 0…86,399.
    let secondOfDay: Int

    var minute: Int { secondOfDay / 60 }

    init(at time: Date, in timeZone: TimeZone) {
        let local = time.timeIntervalSince1970.rounded(.down) + Double(timeZone.secondsFromGMT(for: time))
        let days = (local / 86_400).rounded(.down)
        secondOfDay = Int(local - days * 86_400)
        // 1 January 1970 was a Thursday.
        let weekday = (days + 3).truncatingRemainder(dividingBy: 7)
        day = RolloutSpec.Weekday(rawValue: Int(weekday < 0 ? weekday + 7 : weekday)) ?? .monday
    }
}

// MARK: - Text

extension MaintenanceWindow: Codable {
    /// What is wrong with a text that should be a window.
    public struct Mistake: Error, Hashable {
        /// What is wrong, and with what.
        public var problem: String
        /// What to do about it.
        public var hint: String?
    }

    static let form = "days, hours and a time zone, such as Mon-Fri 09:00-16:00 Europe/Berlin"

    /// Reads `Mon-Fri 09:00-16:00 Europe/Berlin`, `Sat,Sun 22:00-04:00 UTC` or, for every day, `22:00-04:00 UTC`.
    ///
    /// - Throws: what is wrong with it.
    public init(_ text: String) throws(Mistake) {
        var words = text.split(separator: " ").map(String.init)
        let isWithoutDays = words.first?.first?.isNumber == true
        if isWithoutDays { words.insert("Mon-Sun", at: 0) }
        guard words.count == 2 || words.count == 3 else { throw Self.malformed(text) }
        days = try Self.days(words[0])
        (opens, shuts) = try Self.hours(words[1])
        guard words.count == 3 else {
            throw Mistake(problem: "\(quoted(text)) has no time zone", hint: "add one, such as Europe/Berlin or UTC")
        }
        timeZone = try Self.timeZone(words[2])
        description = text
    }

    private static func malformed(_ text: String) -> Mistake {
        Mistake(problem: "\(quoted(text)) is no window: it is \(form)")
    }

    /// `Mon-Fri`, `Sat,Sun`, `Mon-Wed,Fri`.
    private static func days(_ text: String) throws(Mistake) -> Set<RolloutSpec.Weekday> {
        var days: Set<RolloutSpec.Weekday> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            var named: [RolloutSpec.Weekday] = []
            for end in ends { named.append(try day(end)) }
            guard let first = named.first, let last = named.last else { continue }
            days.formUnion(first.through(last))
        }
        return days
    }

    private static func day(_ text: Substring) throws(Mistake) -> RolloutSpec.Weekday {
        if let day = RolloutSpec.Weekday(abbreviation: text) { return day }
        // Whole names are near their abbreviations.
        let suggestion = RolloutSpec.Weekday(abbreviation: text.prefix(3)).map {
            "; did you mean '\($0.abbreviation)'?"
        }
        let days = RolloutSpec.Weekday.abbreviations.joined(separator: ", ")
        throw Mistake(problem: "\(quoted(text)) is no day of the week\(suggestion ?? "")", hint: "the days are \(days)")
    }

    private static func hours(_ text: String) throws(Mistake) -> (opens: Int, shuts: Int) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let opens = minute(ends[0]), let shuts = minute(ends[1]), opens < 1440 else {
            throw Mistake(problem: "\(quoted(text)) are no hours of a day", hint: "write them as 09:00-16:00")
        }
        guard opens != shuts else {
            throw Mistake(
                problem: "\(quoted(text)) begins when it ends", hint: "the whole day is written 00:00-24:00")
        }
        return (opens, shuts == 0 ? 1440 : shuts)
    }

    /// `00:00` to `24:00`.
    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let areDigits = parts.allSatisfy { $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard parts.count == 2, areDigits, let hour = Int(parts[0]), let minute = Int(parts[1]) else { return nil }
        guard hour < 24 && minute < 60 || hour == 24 && minute == 0 else { return nil }
        return hour * 60 + minute
    }

    /// `CET` and the like are refused: some are one fixed offset all year, some mean several places.
    private static func timeZone(_ text: String) throws(Mistake) -> TimeZone {
        if text == "UTC", let utc = TimeZone(secondsFromGMT: 0) { return utc }
        if text.contains("/"), let timeZone = TimeZone(identifier: text) { return timeZone }
        let capitalized = text.split(separator: "/").map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
            .joined(separator: "/")
        let isKnown = capitalized != text && capitalized.contains("/") && TimeZone(identifier: capitalized) != nil
        let suggestion = text.uppercased() == "UTC" ? "UTC" : isKnown ? capitalized : nil
        throw Mistake(
            problem: "unknown time zone \(quoted(text))" + (suggestion.map { "; did you mean '\($0)'?" } ?? ""),
            hint: "name it as the tz database does: area and city, such as Europe/Berlin; or UTC")
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(Mistake) {
            try self.init(text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.problem)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
