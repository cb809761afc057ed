import Reporting
import Testing

@Suite struct GroupedProblemsTests {
    @Test func `the same problem names all its hosts; errors come first, and a shared remedy once`() {
        var problems = GroupedProblems()
        #expect(problems.isEmpty)
        problems.add(.init("its clock is 9s ahead", isWarning: true), of: "web1")
        problems.add(.init("no agent", hint: "install it"), of: "web4")
        problems.add(.init("agent is down", hint: "install it"), of: "db1")
        problems.add(.init("agent is down", hint: "install it"), of: "db2")
        #expect(
            problems.lines() == [
                "error: db[1-2] (2 hosts): agent is down", "error: web4: no agent", "hint: install it",
                "warning: web1: its clock is 9s ahead",
            ])
    }
}
