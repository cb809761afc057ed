import AgentClient
import AgentProtocol
import HostConfiguration
import FleetModel
import RolloutEngine

/// Finds out how the configuration of the hosts that change would change: reads what is no secret from them.
public struct ConfigurationReview: Sendable {
    /// A file of more lines is not compared.
    static let maximumLines = 2_000

    private let prepared: PreparedRollout
    private let agents: [HostName: HostAgent]

    public init(_ prepared: PreparedRollout, agents: [HostName: HostAgent]) {
        (self.prepared, self.agents) = (prepared, agents)
    }

    /// The changes, file by file; hosts with the same change stand together.
    public func changes() async -> [ConfigurationChange] {
        let hosts = prepared.job.plan.changedHosts
        let renderer = try? await prepared.configuration?.renderer()
        let single = await withTaskGroup(of: (HostName, [ConfigurationChange]).self) { group in
            for host in hosts { group.addTask { (host, await changes(on: host, renderer)) } }
            return await group.reduce(into: [HostName: [ConfigurationChange]]()) { $0[$1.0] = $1.1 }
        }
        return Self.grouped(hosts.flatMap { single[$0] ?? [] })
    }

    static func grouped(_ changes: [ConfigurationChange]) -> [ConfigurationChange] {
        var indices: [ConfigurationChange: Int] = [:]
        var grouped: [ConfigurationChange] = []
        for change in changes {
            var key = change
            key.hosts = []
            if let index = indices[key] {
                grouped[index].hosts += change.hosts
            } else {
                indices[key] = grouped.count
                grouped.append(change)
            }
        }
        return grouped.enumerated().sorted { ($0.element.path, $0.offset) < ($1.element.path, $1.offset) }.map(
            \.element)
    }

    private func changes(on host: HostName, _ renderer: ConfigurationRenderer?) async -> [ConfigurationChange] {
        guard let comparison = prepared.comparisons[host] else { return [] }
        let wanted = (try? renderer?.files(for: host)) ?? []
        var changes: [ConfigurationChange] = []
        for difference in comparison.files where difference.kind != .same {
            let file = wanted.first { $0.path == difference.path }
            let detail = await detail(of: difference, file, on: host)
            changes.append(
                ConfigurationChange(
                    path: difference.path.printable(maximumBytes: 1024), kind: difference.kind, detail: detail,
                    hosts: [host]))
        }
        return changes
    }

    private func detail(
        of difference: FileDifference, _ file: RenderedFile?, on host: HostName
    ) async -> ConfigurationChange.Detail {
        // What was a secret is one still, even if nothing calls it so any more.
        if difference.isSecret || file?.isSecret == true { return .secret }
        if difference.kind == .attributes { return .attributes }
        var old = FileContent(content: [], isCut: false)
        if difference.kind != .added {
            guard let agent = agents[host], let directory = try? prepared.job.definition().installDirectory else {
                return .notShown("the host can't be asked")
            }
            let question = ReadFile(installDirectory: directory, path: difference.path)
            do throws(AgentError) {
                old = try await agent.read(question, deadline: AgentFleet.requestDeadline)
            } catch { return .notShown(error.description.printable(maximumBytes: 400)) }
        }
        if old.isCut { return .notShown("too large to show") }
        return Self.diff(old.content, file?.content.exposed ?? [])
    }

    private static func diff(_ old: [UInt8], _ new: [UInt8]) -> ConfigurationChange.Detail {
        guard let oldLines = lines(old), let newLines = lines(new) else { return .notShown("not a text") }
        guard oldLines.count <= maximumLines, newLines.count <= maximumLines else {
            return .notShown("too large to show")
        }
        return .diff(UnifiedDiff.lines(from: oldLines, to: newLines))
    }

    /// Nil where it is no text.
    private static func lines(_ content: [UInt8]) -> [String]? {
        let text = String(decoding: content, as: UTF8.self)
        guard text.utf8.elementsEqual(content), !content.contains(0) else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() } else { lines[lines.count - 1] += UnifiedDiff.missingLineFeed }
        return lines
    }
}
