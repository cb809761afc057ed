import FleetModel
import Foundation
import RolloutSpec
import Testing

/// Hours of the week, in places whose clocks are put forward and back.
@Suite struct MaintenanceWindowTests {
    /// RFC 3339, as in `2026-03-29T01:00:00Z`.
    private func time(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    private func spoken(_ time: Date?) -> String { time?.formatted(.iso8601) ?? "never" }

    /// Every change from `start` on, as long as there are `count`.
    private func changes(of window: MaintenanceWindow, from start: String, _ count: Int) throws -> [String] {
        var time = try time(start)
        return (0..<count).map { _ in
            guard let next = window.nextChange(after: time) else { return "never" }
            time = next
            return spoken(next)
        }
    }

    @Test func `working hours open and shut on working days`() throws {
        let window = try MaintenanceWindow("Mon-Fri 09:00-16:00 Europe/Berlin")
        // 2 November 2026 is a Monday; Berlin is an hour ahead.
        #expect(try !window.isOpen(at: time("2026-11-02T07:59:59Z")))
        #expect(try window.isOpen(at: time("2026-11-02T08:00:00Z")))
        #expect(try window.isOpen(at: time("2026-11-06T14:59:59Z")))
        #expect(try !window.isOpen(at: time("2026-11-06T15:00:00Z")))
        #expect(try !window.isOpen(at: time("2026-11-07T10:00:00Z")))
        #expect(
            try changes(of: window, from: "2026-11-06T12:00:00Z", 3) == [
                "2026-11-06T15:00:00Z", "2026-11-09T08:00:00Z", "2026-11-09T15:00:00Z",
            ])
    }

    @Test func `hours over midnight belong to the day on which they begin`() throws {
        let window = try MaintenanceWindow("Sat,Sun 22:00-04:00 UTC")
        // 7 November 2026 is a Saturday.
        #expect(try !window.isOpen(at: time("2026-11-07T03:00:00Z")))
        #expect(try window.isOpen(at: time("2026-11-07T22:00:00Z")))
        #expect(try window.isOpen(at: time("2026-11-08T03:59:59Z")))
        #expect(try window.isOpen(at: time("2026-11-09T03:00:00Z")))
        #expect(try !window.isOpen(at: time("2026-11-09T22:00:00Z")))
        #expect(
            try changes(of: window, from: "2026-11-07T00:00:00Z", 4) == [
                "2026-11-07T22:00:00Z", "2026-11-08T04:00:00Z", "2026-11-08T22:00:00Z", "2026-11-09T04:00:00Z",
            ])
    }

    /// On 29 March 2026 at 01:00 UTC clocks go from 02:00 to 03:00.
    @Test(arguments: [
        ("Sun 02:30-05:00 Europe/Berlin", ["2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z"]),
        ("Sun 01:00-02:30 Europe/Berlin", ["2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"]),
        ("Sat 22:00-04:00 Europe/Berlin", ["2026-03-28T21:00:00Z", "2026-03-29T02:00:00Z"]),
        ("Mon 09:00-16:00 Europe/Berlin", ["2026-03-30T07:00:00Z", "2026-03-30T14:00:00Z"]),
        ("Sun 02:00-03:00 Europe/Berlin", ["2026-04-05T00:00:00Z", "2026-04-05T01:00:00Z"]),
    ])
    func `an hour that summer time leaves out never comes`(text: String, changes expected: [String]) throws {
        #expect(try changes(of: MaintenanceWindow(text), from: "2026-03-28T12:00:00Z", 2) == expected)
    }

    /// On 25 October 2026 at 01:00 UTC clocks go from 03:00 back to 02:00.
    @Test(arguments: [
        (
            "Sun 02:00-02:30 Europe/Berlin",
            ["2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"]
        ),
        (
            "Sun 02:30-05:00 Europe/Berlin",
            ["2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T04:00:00Z"]
        ),
        (
            "Sat,Mon 22:00-04:00 Europe/Berlin",
            ["2026-10-24T20:00:00Z", "2026-10-25T03:00:00Z", "2026-10-26T21:00:00Z", "2026-10-27T03:00:00Z"]
        ),
    ])
    func `an hour that comes twice is open, or shut, both times`(text: String, changes expected: [String]) throws {
        #expect(try changes(of: MaintenanceWindow(text), from: "2026-10-24T12:00:00Z", 4) == expected)
    }

    @Test(arguments: ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
    func `the next change is the first minute at which it is otherwise`(zone: String) throws {
        for hours in ["Mon-Sun 01:30-02:15", "Fri-Sun 23:00-02:30", "Sun 00:00-24:00", "02:00-01:59"] {
            let window = try MaintenanceWindow("\(hours) \(zone)")
            for start in [
                "2026-03-06T12:00:00Z", "2026-03-27T12:00:00Z", "2026-10-02T12:00:00Z", "2026-10-30T12:00:00Z",
            ] {
                var time = try time(start)
                let end = time + 4 * 86_400
                while let next = window.nextChange(after: time), next < end {
                    let minutes = stride(from: time, to: next, by: 60).map { window.isOpen(at: $0) }
                    #expect(Set(minutes).count == 1 && window.isOpen(at: next) != minutes[0], "\(window) at \(next)")
                    time = next
                }
            }
        }
    }

    @Test func `what is always open never changes`() throws {
        let window = try MaintenanceWindow("00:00-24:00 Europe/Berlin")
        #expect(try window.isOpen(at: time("2026-03-29T01:30:00Z")))
        #expect(try window.nextChange(after: time("2026-03-28T00:00:00Z")) == nil)
    }

    @Test func `the next change is found from any fraction of a second before it`() throws {
        let window = try MaintenanceWindow("09:00-16:00 UTC")
        let opens = try time("2026-11-02T09:00:00Z")
        for fraction in [0.5, 1e-3, 1e-6, 2e-7, 1e-7] {
            let next = try #require(window.nextChange(after: opens - fraction))
            // As seconds since 1970, a time this near may already be that of the opening.
            #expect(["2026-11-02T09:00:00Z", "2026-11-02T16:00:00Z"].contains(spoken(next)))
            #expect(next > opens - fraction)
        }
    }

    @Test func `several windows are open when one is, and have one edge where two meet`() throws {
        let text = """
            service: shop
            artifact: a.tar
            allowed: ["Mon-Fri 09:00-12:00 UTC", "Mon 12:00-14:00 UTC", "Mon 15:00-16:00 Europe/Berlin"]
            """
        let schedule = try #require(try RolloutSpec(text: text, file: "r.yaml").allowed)
        // The last one is 14:00 to 15:00 UTC in winter.
        let opens = try #require(try schedule.nextChange(after: time("2026-11-01T00:00:00Z")))
        #expect(spoken(opens) == "2026-11-02T09:00:00Z" && schedule.isOpen(at: opens))
        let shuts = try #require(schedule.nextChange(after: opens))
        #expect(spoken(shuts) == "2026-11-02T15:00:00Z" && !schedule.isOpen(at: shuts))
    }

    @Test func `windows that together leave nothing shut never change`() throws {
        let text = "service: shop\nartifact: a.tar\nallowed: [\"06:00-20:00 UTC\", \"20:00-06:00 UTC\"]"
        let schedule = try #require(try RolloutSpec(text: text, file: "r.yaml").allowed)
        #expect(try schedule.nextChange(after: time("2026-11-01T00:00:00Z")) == nil)
    }

    @Test func `a window survives encoding as its text`() throws {
        let window = try MaintenanceWindow("Fri-Mon 22:00-04:00 Europe/Berlin")
        let json = try JSONEncoder().encode([window])
        #expect(String(decoding: json, as: UTF8.self) == #"["Fri-Mon 22:00-04:00 Europe\/Berlin"]"#)
        #expect(try JSONDecoder().decode([MaintenanceWindow].self, from: json) == [window])
        #expect(window.days == [.friday, .saturday, .sunday, .monday])
    }
}
