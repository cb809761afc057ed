import Testing

@Suite struct HouseRuleTests {
    @Test func `files, functions and lines are short enough to read`() {
        let violations = (Repository.sources + Repository.tests).flatMap(StyleRules.lengths)
        #expect(violations.isEmpty, "\n\(violations.listing)")
    }

    @Test func `nothing in the sources is unfinished or crashes on purpose`() {
        let violations = Repository.sources.flatMap(StyleRules.smells)
        #expect(violations.isEmpty, "\n\(violations.listing)")
    }

    @Test func `promises the compiler cannot check stand beside their reason`() {
        let violations = (Repository.sources + Repository.tests).flatMap(StyleRules.unexplainedPromises)
        #expect(violations.isEmpty, "\n\(violations.listing)")
    }

    @Test func `public types and functions are documented`() {
        let met = Repository.sources.reduce(into: Set(["encode", "hash"])) { $0.formUnion($1.requirements) }
        let violations = Repository.sources.flatMap { StyleRules.undocumentedDeclarations(in: $0, met: met) }
        #expect(violations.isEmpty, "\n\(violations.listing)")
    }

    @Test func `tests wait for conditions, not for time`() {
        let violations = Repository.tests.flatMap(StyleRules.sleeps)
        #expect(violations.isEmpty, "\n\(violations.listing)")
    }

    @Test func `links between the documents lead somewhere`() {
        let documents = Repository.paths(in: "").filter { $0.hasSuffix(".md") }
        #expect(documents.contains("CONTRIBUTING.md"))
        let violations = documents.flatMap {
            LinkRules.brokenLinks(in: Repository.text(of: $0), at: $0, exists: Repository.exists)
        }
        #expect(violations.isEmpty, "\n\(violations.listing)")
    }
}
