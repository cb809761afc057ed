/// Asks how a service does, in numbers. The definition says where to look and what to probe; nothing of it is kept.
public struct TakeSample: WireMessage {
    public var definition: ServiceDefinition
    /// Count errors in the service's log since then, by the host's own clock, in seconds since 1970-01-01 UTC: as an
    /// earlier ``Sample/clockSeconds`` told. 0 for no count.
    public var logSinceSeconds: UInt64

    public init(definition: ServiceDefinition, logSinceSeconds: UInt64 = 0) {
        (self.definition, self.logSinceSeconds) = (definition, logSinceSeconds)
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, definition)
        writer.write(2, logSinceSeconds)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (definition, logSinceSeconds) = (ServiceDefinition(), 0)
        while let field = try reader.next() {
            switch field.number {
            case 1: definition = try field.message()
            case 2: logSinceSeconds = try field.integer()
            default: break
            }
        }
    }
}

/// The answer to ``TakeSample``. What could not be measured is nil, never 0.
public struct Sample: WireMessage {
    /// When it was taken, by the host's clock, in seconds since 1970-01-01 UTC.
    public var clockSeconds: UInt64 = 0
    /// CPU time that the service's processes have used since it was started, in microseconds.
    public var cpuMicroseconds: UInt64?
    public var memoryBytes: UInt64?
    /// Restarts by systemd itself since the unit was last started by somebody (systemd.service(5), `NRestarts`).
    public var restarts: UInt64?
    /// The process that the service is; another one means a new beginning of the numbers above.
    public var mainPID: UInt64?
    /// Whether all checks passed; nil where there is none.
    public var isHealthy: Bool?
    /// Until the slowest check had passed, in microseconds; nil where one failed.
    public var latencyMicroseconds: UInt64?
    /// Messages of priority `err` and worse, at most ``ProtocolLimits/maximumLogErrors``.
    public var logErrors: UInt64?

    public init() {}

    public func write(to writer: inout WireWriter) {
        writer.write(1, clockSeconds)
        writer.write(2, cpuMicroseconds.map(Measurement.init))
        writer.write(3, memoryBytes.map(Measurement.init))
        writer.write(4, restarts.map(Measurement.init))
        writer.write(5, mainPID.map(Measurement.init))
        writer.write(6, isHealthy.map { Measurement(value: $0 ? 1 : 0) })
        writer.write(7, latencyMicroseconds.map(Measurement.init))
        writer.write(8, logErrors.map(Measurement.init))
    }

    public init(from reader: inout WireReader) throws(WireError) {
        while let field = try reader.next() {
            switch field.number {
            case 1: clockSeconds = try field.integer()
            case 2: cpuMicroseconds = try field.message(Measurement.self).value
            case 3: memoryBytes = try field.message(Measurement.self).value
            case 4: restarts = try field.message(Measurement.self).value
            case 5: mainPID = try field.message(Measurement.self).value
            case 6: isHealthy = try field.message(Measurement.self).value != 0
            case 7: latencyMicroseconds = try field.message(Measurement.self).value
            case 8: logErrors = try field.message(Measurement.self).value
            default: break
            }
        }
    }

    /// A message of its own, because a plain 0 is not written.
    private struct Measurement: WireMessage {
        var value: UInt64

        init(value: UInt64) { self.value = value }

        func write(to writer: inout WireWriter) { writer.write(1, value) }

        init(from reader: inout WireReader) throws(WireError) {
            value = 0
            while let field = try reader.next() {
                if field.number == 1 { value = try field.integer() }
            }
        }
    }
}
