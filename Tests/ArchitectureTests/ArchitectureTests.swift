import Testing

@Suite struct ArchitectureTests {
    @Test func `the tree is found and is not empty`() {
        #expect(Repository.sources.count > 10)
        #expect(Repository.tests.contains { $0.path == "Tests/ArchitectureTests/ArchitectureTests.swift" })
        #expect(Repository.manifest.targets["RolloutEngine"]?.dependencies == ["FleetModel"])
    }

    @Test func `every file belongs to a target and imports only what that target may`() {
        var violations: [Violation] = []
        for file in Repository.sources + Repository.tests {
            if let target = Repository.manifest.target(of: file.path) {
                violations += ImportRules.violations(in: file, of: target)
            } else {
                violations.append(Violation(file: file.path, line: 1, problem: "in no target of Package.swift"))
            }
        }
        #expect(violations.isEmpty, "\n\(violations.listing)")
    }

    @Test func `coordinator and agent do not depend on each other`() {
        #expect(Repository.manifest.targets["Coord"]?.dependencies.contains("CoordAgent") == false)
        #expect(Repository.manifest.targets["CoordAgent"]?.dependencies.contains("Coord") == false)
    }

    @Test func `the agent keeps to the subset of Swift that runs embedded`() {
        let files = Repository.sources.filter {
            Repository.manifest.target(of: $0.path).map { ImportRules.agentTargets.contains($0.name) } ?? false
        }
        let classBound = StyleRules.classBoundProtocols(in: files)
        let violations = files.flatMap { StyleRules.notEmbeddable(in: $0, classBound: classBound) }
        #expect(violations.isEmpty, "\n\(violations.listing)")
    }
}
