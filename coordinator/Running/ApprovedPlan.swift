import FleetModel
import Foundation
import InputFiles
import RolloutDriver
import RolloutEngine

/// A plan that `coord plan -o` has written and somebody has approved: carried out exactly as it is, or not at all.
struct ApprovedPlan {
    let document: PlanDocument
    /// The file, as the user named it.
    let path: String

    /// A plan of 100,000 hosts is some 100 MB.
    private static let maximumBytes = 256 << 20

    init(reading path: String) throws {
        self.path = path
        do {
            let bytes = try InputFile.read(path, maximumBytes: Self.maximumBytes)
            document = try JSONDecoder().decode(PlanDocument.self, from: Data(bytes))
        } catch let error as InputFileError {
            throw Failure("'\(path)' \(error)", hint: Self.remedy, status: .usage)
        } catch {
            throw Failure("'\(path)' is no plan that this coord understands", hint: Self.remedy, status: .usage)
        }
    }

    static func write(_ document: PlanDocument, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            try encoder.encode(document).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Failure("'\(path)' can't be written: \(error.localizedDescription)", status: .usage)
        }
    }

    /// The prepared rollout with the approved plan, under its own new id.
    /// - Throws: ``Failure`` that names every difference between then and now.
    func replacing(_ prepared: PreparedRollout, _ now: PlanInputs) throws -> PreparedRollout {
        var differences = PlanDrift.between(document.inputs, now).map(\.description)
        // Where nothing else differs, planning anew comes to the same plan, or the file is not what coord wrote.
        if differences.isEmpty { differences = Self.differences(document.plan, prepared.job.plan) }
        guard differences.isEmpty else {
            throw Failure(
                diagnostics: differences.map { Diagnostic($0) }
                    + [Diagnostic("the plan of '\(path)' is not true any more; nothing was changed", hint: Self.remedy)]
            )
        }
        // What is left of the plan made now: its id, and the directories on the hosts that bear it.
        let targets = Dictionary(
            prepared.job.plan.hosts.map { ($0.name, $0.target) }, uniquingKeysWith: { first, _ in first })
        var approved = prepared
        var plan = document.plan
        plan.rollout = prepared.job.plan.rollout
        for index in plan.hosts.indices { plan.hosts[index].target = targets[plan.hosts[index].name] ?? nil }
        approved.job.plan = plan
        return approved
    }

    func remark(on rollout: PreparedRollout) -> String {
        "the plan of '\(path)', made as \(document.plan.rollout), is carried out as rollout \(rollout.job.plan.rollout)"
    }

    private static let remedy = "make a new one, and have it approved: coord plan INVENTORY -o plan.json"

    private static func differences(_ approved: RolloutPlan, _ now: RolloutPlan) -> [String] {
        let parts: [(String, Bool)] = [
            ("another release", approved.release == now.release && approved.digest == now.digest),
            ("another service", approved.service == now.service),
            ("another strategy", approved.strategy == now.strategy),
            ("other hosts, or in another order", withoutTargets(approved.hosts) == withoutTargets(now.hosts)),
            ("other batches", approved.batches == now.batches), ("other steps", approved.steps == now.steps),
            ("other traffic", approved.traffic == now.traffic), ("another policy", approved.policy == now.policy),
        ]
        return parts.filter { !$0.1 }.map { "planned now, it has \($0.0): configuration has changed, or the file" }
    }

    private static func withoutTargets(_ hosts: [PlannedHost]) -> [PlannedHost] {
        hosts.map { host in
            var host = host
            host.target = nil
            return host
        }
    }
}

extension Failure {
    fileprivate init(diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
        status = .failedUnchanged
    }
}
