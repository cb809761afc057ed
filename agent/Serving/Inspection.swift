import AgentProtocol
import Glibc

/// Looks at a host and a service, for a ``HostReport``.
final class Inspection {
    private let request: Inspect
    private let service: Service?
    private let store: ReleaseStore
    private let subscriber: Subscriber
    private let environment: AgentEnvironment

    init(_ request: Inspect, of service: Service?, environment: AgentEnvironment, for subscriber: Subscriber) {
        (self.request, self.service, self.environment) = (request, service, environment)
        self.subscriber = subscriber
        store = ReleaseStore(directory: request.definition.installDirectory)
    }

    func start() {
        do throws(SystemError) {
            try HealthLook(
                request.definition, of: service, environment: environment, probesHealth: request.probesHealth
            ).start { self.finish($0) }
        } catch {
            refuse(error)
        }
    }

    private func finish(_ outcome: HealthRound.Outcome) {
        do throws(SystemError) {
            subscriber.reply(.report(try report(outcome)))
        } catch {
            refuse(error)
        }
    }

    private func refuse(_ error: SystemError) {
        subscriber.reply(.refused(Refusal(reason: .internalError, problem: error.problem)))
    }

    private func report(_ outcome: HealthRound.Outcome) throws(SystemError) -> HostReport {
        var report = HostReport()
        // A directory in its place, or a missing one, must not hide the rest.
        do throws(SystemError) {
            report.current = ReleaseStore.release(ofLink: try store.current())
        } catch {
            report.obstacle = error.problem
        }
        if let problem = UserScope.problem(with: request.definition) { report.obstacle = problem }
        let releases = try store.releases()
        report.releases = Array(releases.prefix(ProtocolLimits.maximumRepeats))
        report.currentDigest = releases.first { $0.name == report.current }?.digest ?? ""
        report.previous = service?.previous() ?? ""
        report.unitState = outcome.unit.state
        report.mainPID = outcome.unit.mainPID
        report.restarts = outcome.unit.restarts
        report.memoryBytes = outcome.unit.memoryBytes
        if let health = request.probesHealth ? outcome : service?.lastHealth {
            report.health = health.isHealthy ? .healthy : .unhealthy
            report.healthProblem = health.problem
        }
        report.isRetired = service?.isRetired ?? false
        if report.isRetired, !outcome.unit.isActive { (report.health, report.healthProblem) = (.unknown, "") }
        report.epoch = service?.claim?.claim.epoch ?? 0
        report.holder = service?.claim.flatMap { $0.isFinished ? nil : $0.claim }
        Self.addHost(to: &report, directory: FileSystem.existing(store.directory))
        return report
    }

    private static func addHost(to report: inout HostReport, directory: String) {
        (report.diskFreeBytes, report.diskTotalBytes) = Disk.space(at: directory)
        report.clockSeconds = UInt64(clamping: time(nil))
        report.uptimeSeconds = ProcFile.wholeNumber(FileSystem.firstLine("/proc/uptime"))
        report.loadHundredths = ProcFile.hundredths(FileSystem.firstLine("/proc/loadavg"))
    }
}
