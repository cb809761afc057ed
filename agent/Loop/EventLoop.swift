import CAgentShim
import Glibc

/// The one loop: waits for descriptors and for time, and calls whoever asked. Idle, it sleeps without end.
final class EventLoop {
    typealias Timer = UInt64

    /// Milliseconds without anything to do before the loop settles down to sleep without end.
    private static let restDelay: Int32 = 1000

    private struct Watch {
        let serial: UInt64
        var events: Int16
        let action: (Int16) -> Void
    }

    private struct Alarm {
        let deadline: UInt64
        let action: () -> Void
    }

    private var watches: [Int32: Watch] = [:]
    private var alarms: [Timer: Alarm] = [:]
    private var lastSerial: UInt64 = 0
    private var isStopped = false

    /// Milliseconds of the monotonic clock: no change of the host's time moves a deadline.
    static func now() -> UInt64 { microseconds() / 1000 }

    /// Of the same clock, for what is measured.
    static func microseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }

    /// Calls `action` with the poll(2) events whenever one of `events`, an error or a hang-up is there.
    func watch(_ descriptor: Int32, for events: Int16, _ action: @escaping (Int16) -> Void) {
        lastSerial += 1
        watches[descriptor] = Watch(serial: lastSerial, events: events, action: action)
    }

    func setEvents(_ events: Int16, of descriptor: Int32) { watches[descriptor]?.events = events }

    func unwatch(_ descriptor: Int32) { watches[descriptor] = nil }

    func after(milliseconds: UInt64, _ action: @escaping () -> Void) -> Timer {
        lastSerial += 1
        let (deadline, overflows) = Self.now().addingReportingOverflow(milliseconds)
        alarms[lastSerial] = Alarm(deadline: overflows ? .max : deadline, action: action)
        return lastSerial
    }

    func cancel(_ timer: Timer?) {
        if let timer { alarms[timer] = nil }
    }

    func stop() { isStopped = true }

    func run() throws(SystemError) {
        var isResting = false
        while !isStopped {
            var polled = watches.map { pollfd(fd: $0.key, events: $0.value.events, revents: 0) }
            let serials = polled.map { watches[$0.fd]?.serial }
            let wait = waitMilliseconds()
            let count = poll(&polled, nfds_t(polled.count), wait < 0 && !isResting ? Self.restDelay : wait)
            if count < 0, errno != EINTR { throw SystemError(errno, "cannot poll") }
            isResting = count == 0 && wait < 0
            if isResting { agent_release_code() }
            for (index, entry) in polled.enumerated() where entry.revents != 0 {
                // An earlier action may have closed this descriptor, and opened another with its number.
                guard let watch = watches[entry.fd], watch.serial == serials[index] else { continue }
                watch.action(entry.revents)
            }
            ring()
        }
    }

    private func waitMilliseconds() -> Int32 {
        guard let first = alarms.values.map(\.deadline).min() else { return -1 }
        let now = Self.now()
        return first <= now ? 0 : Int32(min(first - now, 60_000))
    }

    private func ring() {
        guard !alarms.isEmpty else { return }
        let now = Self.now()
        for timer in alarms.filter({ $0.value.deadline <= now }).keys.sorted() {
            // An earlier one may have cancelled this one.
            alarms.removeValue(forKey: timer)?.action()
        }
    }
}
