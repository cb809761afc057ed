/// The processes of nginx that take connections, as procfs shows them.
///
/// A reload is a signal: the command that sends it ends long before the old workers let go, and it succeeds even where
/// nginx goes on as it was. Only the workers themselves show that nginx does what its files say.
struct NginxWorkers: Sendable {
    let host: any BalancerHost
    let pidFile: String

    /// Of those that take connections.
    func running() async throws(TrafficError) -> Set<Int> {
        guard let text = try await host.readFile(pidFile), let master = Int(text.trimmed), master > 1 else {
            throw TrafficError(.unreachable, "nginx does not run: '\(pidFile)' names no process")
        }
        guard let children = try await host.readFile("/proc/\(master)/task/\(master)/children") else {
            throw TrafficError(.unreachable, "nginx does not run: process \(master) of '\(pidFile)' is gone")
        }
        var running: Set<Int> = []
        for child in children.split(whereSeparator: \.isWhitespace).compactMap({ Int($0) }).prefix(Self.maximumWorkers)
        {
            let title = try await host.readFile("/proc/\(child)/cmdline") ?? ""
            // ngx_worker_process_cycle and ngx_setproctitle.
            if title.hasPrefix("nginx: worker process"), !title.contains("shutting down") { running.insert(child) }
        }
        return running
    }

    /// More than any machine has cores.
    private static let maximumWorkers = 1024
}
