import Reporting
import Testing

@Suite struct GroupedOutputTests {
    @Test func `what is the same is told once, of the most hosts first`() {
        var groups = GroupedOutput()
        groups.add(.init(output: "Debian 11\n"), of: "web2")
        for number in [1, 3, 4] { groups.add(.init(output: "Debian 12\n"), of: "web\(number)") }
        groups.add(.init(output: "", errors: "no such file\n", ending: "exit status 2"), of: "db1")
        groups.add(.init(output: "a\n\nb", remark: "cut"), of: "db2")
        #expect(
            groups.lines() == [
                "--- web[1,3-4] (3 hosts)", "Debian 12", "--- web2", "Debian 11", "--- db1: exit status 2",
                "stderr: no such file", "--- db2", "a", "", "b", "(cut)",
            ])
    }

    @Test func `hosts that differ in anything are told apart`() {
        var groups = GroupedOutput()
        groups.add(.init(output: "x"), of: "a")
        groups.add(.init(output: "x", errors: "e"), of: "b")
        groups.add(.init(output: "x", ending: "exit status 1"), of: "c")
        #expect(groups.lines().count { $0.hasPrefix("---") } == 3)
    }
}
