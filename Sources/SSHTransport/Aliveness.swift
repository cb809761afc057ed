import HostAccess
import NIOCore

/// How a silent host is told from a lost one.
struct Aliveness: Sendable, Equatable {
    /// How often the host is asked for a sign of life.
    var interval: TimeAmount
    /// The silence after which it is lost.
    var silenceLimit: TimeAmount

    /// Nil where the host's settings want no questions (`ServerAliveInterval 0`).
    ///
    /// As with ssh, a host is lost when the question after the last permitted one would be due.
    init?(_ settings: SSHSettings, _ configuration: SSHConfiguration) {
        guard settings.aliveInterval != 0 else { return nil }
        let interval = settings.aliveInterval.map { Duration.seconds($0) } ?? configuration.keepaliveInterval
        var limit = max(configuration.silenceLimit, interval)
        if let count = settings.aliveCountMaximum {
            limit = interval * (max(0, count) + 1)
        } else if settings.aliveInterval != nil {
            limit = max(limit, interval * 2)
        }
        self.interval = TimeAmount(bounded: interval)
        silenceLimit = TimeAmount(bounded: limit)
    }
}
