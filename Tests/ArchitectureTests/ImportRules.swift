/// Who may see what. Package.swift says what is linked; these laws say what Package.swift may never be loosened to.
enum ImportRules {
    /// Text in, values out: no file, clock, socket or thread can be reached from these.
    static let pureTargets: Set = [
        "AgentProtocol", "Analysis", "FleetModel", "HostAccess", "HostConfiguration", "Inventory", "RolloutEngine",
        "RolloutSpec", "SSHConfig",
    ]

    /// Foundation alone would make the agent ten times larger.
    static let agentTargets: Set = ["AgentProtocol", "CoordAgent"]

    /// C libraries, and the only targets that may see each.
    static let ownersOfLibraries: [String: Set<String>] = [
        "CAgentShim": ["CoordAgent"],
        "CLibArchive": ["Artifact"],
        "CLibSSH2": ["SSHTransport"],
        "CZstd": ["Artifact", "CoordAgent"],
    ]

    private static let toolchainModules: Set = [
        "Dispatch", "Foundation", "FoundationEssentials", "FoundationNetworking", "Glibc", "Musl",
        "RegexBuilder", "Synchronization", "Testing",
    ]

    /// Every import of the file that its target may not have.
    static func violations(in file: SwiftFile, of target: PackageManifest.Target) -> [Violation] {
        file.imports.compactMap { module, line in
            refusal(of: module, in: target).map { Violation(file: file.path, line: line, problem: $0) }
        }
    }

    private static func refusal(of module: String, in target: PackageManifest.Target) -> String? {
        if let owners = ownersOfLibraries[module], !owners.contains(target.name), !target.isTest {
            return "\(target.name) imports \(module), which only \(owners.sorted().joined(separator: " and ")) may"
        }
        if target.name == "CoordAgent" && module == "Coord" || target.name == "Coord" && module == "CoordAgent" {
            return "coordinator and agent meet only in AgentProtocol"
        }
        if pureTargets.contains(target.name), toolchainModules.contains(module), !isExcused(module, in: target.name) {
            return "\(target.name) is pure and imports \(module)"
        }
        if agentTargets.contains(target.name), ["Foundation", "FoundationEssentials", "Dispatch"].contains(module) {
            return "the agent imports \(module)"
        }
        guard target.dependencies.contains(module) || toolchainModules.contains(module) else {
            return "\(target.name) imports \(module) without declaring it in Package.swift"
        }
        return nil
    }

    /// Yams hands out Foundation's types, so the spec reader may see the small half of Foundation.
    private static func isExcused(_ module: String, in target: String) -> Bool {
        target == "RolloutSpec" && module == "FoundationEssentials"
    }
}
