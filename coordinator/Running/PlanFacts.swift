import AgentProtocol
import FleetModel
import Foundation
import HostAccess
import InputFiles
import Inventory
import RolloutDriver
import RolloutEngine
import RolloutSpec

/// Digests of what people wrote and a plan is made from.
struct PlanFacts {
    /// Of the spec's text and of every file that it names.
    let specification: Digest
    /// By host name: of its address and variables.
    let inventory: [String: Digest]

    /// `text` is the spec's; `directory` is what its paths are relative to.
    init(_ spec: RolloutSpec, text: String, in directory: String, _ hosts: [HostEndpoint], _ inventory: Inventory) {
        var parts = [("", Array(text.utf8))]
        for path in Self.files(of: spec, in: directory) {
            let bytes = try? InputFile.read(path, maximumBytes: InputFile.maximumTextBytes)
            parts.append((path, bytes ?? []))
        }
        specification = Self.digest(parts)
        let digests = hosts.map { host in
            let variables = inventory.variables(of: host.name).filter { !Self.isSecret($0.key) }
                .sorted { $0.key < $1.key }
            let place = "\(host.user)@\(host.address):\(host.port)"
            return (
                host.name.text, Self.digest([("", Array(place.utf8))] + variables.map { ($0, Array($1.text.utf8)) })
            )
        }
        self.inventory = Dictionary(digests, uniquingKeysWith: { first, _ in first })
    }

    func inputs(of prepared: PreparedRollout) -> PlanInputs {
        let plan = prepared.job.plan
        return PlanInputs(
            specification: specification, artifact: plan.digest, hosts: plan.hosts, inventory: inventory,
            traffic: plan.traffic)
    }

    /// Whatever text of the spec is the path of a file here: scripts, templates, hooks; the artifact has a digest of
    /// its own.
    private static func files(of spec: RolloutSpec, in directory: String) -> [String] {
        var spec = spec
        // No lasting digest of a secret is kept: whoever reads it could try values.
        spec.secrets = []
        guard let json = try? JSONEncoder().encode(spec),
            let tree = try? JSONSerialization.jsonObject(with: json, options: .fragmentsAllowed)
        else { return [] }
        let paths = Set(texts(in: tree)).subtracting([spec.artifact.text]).map { absolute($0, in: directory) }
        return Set(paths).filter { path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return attributes?[.type] as? FileAttributeType == .typeRegular
        }.sorted()
    }

    /// Of such names the value is a secret, likely a short one; see ``files(of:in:)``.
    private static func isSecret(_ variable: String) -> Bool {
        ["pass", "secret", "token"].contains { variable.lowercased().contains($0) }
    }

    private static func texts(in tree: Any) -> [String] {
        switch tree {
        case let text as String: text.isEmpty || text.contains("\0") ? [] : [text]
        case let list as [Any]: list.flatMap(texts)
        case let object as [String: Any]: object.values.flatMap(texts)
        default: []
        }
    }

    /// Names and lengths keep what belongs to one part from looking like another's.
    private static func digest(_ parts: [(name: String, bytes: [UInt8])]) -> Digest {
        let whole = parts.flatMap { Array("\($0.name.utf8.count):\($0.name)\($0.bytes.count):".utf8) + $0.bytes }
        guard let digest = Digest(hex: SHA256.hex(of: whole)) else {
            preconditionFailure("SHA-256 is 64 hexadecimal digits (FIPS 180-4)")
        }
        return digest
    }
}
