import HostAccess

/// Takes the agent off a host, and all that it kept; what it rolled out stays and runs on. May be repeated.
public struct AgentUninstaller: Sendable {
    private let connector: any HostConnector
    private let layout: AgentLayout?

    public init(connector: any HostConnector) { self.init(connector: connector, layout: nil) }

    init(connector: any HostConnector, layout: AgentLayout?) {
        self.connector = connector
        self.layout = layout
    }

    /// One command over one connection; needs no running agent. `isForced`: also where a rollout holds the host.
    /// - Throws: ``InstallError``.
    public func uninstall(
        from endpoint: HostEndpoint, isForced: Bool, deadline: Duration
    ) async throws(InstallError) -> Uninstallation {
        let layout = layout ?? AgentLayout(for: endpoint.agentScope)
        let end = Deadline(in: deadline, on: ContinuousClock())
        let connection: any HostConnection
        do {
            connection = try await connector.connect(to: endpoint, deadline: end.remaining)
        } catch { throw InstallError(.connect, error) }
        let outcome: CommandOutcome
        do {
            outcome = try await connection.run(
                UninstallScript.command(layout, isForced: isForced, asRoot: layout.needsSudo(for: endpoint.user)),
                input: [], outputLimit: AgentInstaller.outputLimit, deadline: end.remaining)
            await connection.close()
        } catch {
            await connection.close()
            throw InstallError(.removal, error)
        }
        return try Self.result(of: outcome, layout, user: endpoint.user)
    }

    private static func result(
        of outcome: CommandOutcome, _ layout: AgentLayout, user: String
    ) throws(InstallError) -> Uninstallation {
        guard let report = ScriptReport(outcome.output) else {
            throw InstallError(.removal, unreadable: outcome, layout: layout, user: user)
        }
        guard layout.scope == .user || report["uid"] == "0" else { throw .notRoot(.removal) }
        // Name, install directory, and, where it is held, rollout and holder.
        let services = report.all("service").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        let directories = services.compactMap { $0.count > 1 && !$0[1].isEmpty ? String($0[1]) : nil }
        let left = report.all("left")
        guard left.isEmpty else {
            throw InstallError(
                .removal, "could not be removed: \(left.joined(separator: ", "))",
                hint: "on the host, as \(layout.scope == .user ? "that user" : "root"): lsattr, findmnt -T \(left[0])")
        }
        if report["found"] == nil, let held = services.first(where: { $0.count > 3 }) {
            return Uninstallation(
                outcome: .held(rollout: String(held[2]), service: String(held[0]), holder: String(held[3])))
        }
        return Uninstallation(
            outcome: report["found"] == nil ? .absent : .removed, installDirectories: directories,
            keepsLinger: report["kept"] == "linger")
    }
}
