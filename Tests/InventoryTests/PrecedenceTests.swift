import FleetModel
import Inventory
import Testing

@Suite struct PrecedenceTests {
    @Test func `a host overrides its group, a child its parent, and any group all`() throws {
        let inventory = try inventory(
            """
            [child]
            own x=host
            inherits
            [parent:children]
            child
            [parent]
            above
            [child:vars]
            x=child
            [parent:vars]
            x=parent
            [all:vars]
            x=all
            [ungrouped]
            alone
            """)
        #expect(try inventory.value("x", of: "own") == .string("host"))
        #expect(try inventory.value("x", of: "inherits") == .string("child"))
        #expect(try inventory.value("x", of: "above") == .string("parent"))
        #expect(try inventory.value("x", of: "alone") == .string("all"))
    }

    @Test func `among groups of one depth the later name wins, capitals first`() throws {
        let inventory = try inventory(
            "[web]\na\n[Zeta]\na\n[zeta]\na\n[web:vars]\nx=1\n[zeta:vars]\nx=2\n[Zeta:vars]\nx=3")
        #expect(try inventory.value("x", of: "a") == .int(2))
        #expect(try inventory.groups(of: hostName("a")) == ["all", "Zeta", "web", "zeta"])
    }

    @Test func `a greater ansible_group_priority wins among groups of one depth only`() throws {
        let inventory = try inventory(
            """
            [a]
            h
            [b]
            h
            [deep]
            h
            [b2:children]
            deep
            [a:vars]
            ansible_group_priority=10
            x=a
            y=a
            [b:vars]
            x=b
            [deep:vars]
            y=deep
            """)
        #expect(try inventory.value("x", of: "h") == .string("a"))
        #expect(try inventory.value("y", of: "h") == .string("deep"))
        #expect(try inventory.value("ansible_group_priority", of: "h") == nil)
    }

    @Test func `depth is the longest way from all`() throws {
        let inventory = try inventory("[a:children]\nc\nb\n[b:children]\nc\n[c]\nh")
        #expect(inventory.groups.map { "\($0.name) \($0.depth)" } == ["all 0", "ungrouped 1", "a 1", "b 2", "c 3"])
    }

    @Test func `children stand in the order in which Ansible knows them`() throws {
        let inventory = try inventory("[o]\n[c1]\n[p:children]\nc3\nc1\nc2\n[c2]\n[c3]\n[all:children]\nc3")
        #expect(inventory.group("p")?.children == ["c1", "c2", "c3"])
        #expect(inventory.group("all")?.children == ["ungrouped", "c3", "o", "p"])
    }

    @Test func `ungrouped holds the hosts of no other group`() throws {
        let inventory = try inventory("a\nb\n[g]\nb\n[all]\nc")
        #expect(inventory.group("ungrouped")?.hosts.map(\.text) == ["a", "c"])
        #expect(try inventory.groups(of: hostName("b")) == ["all", "g"])
    }

    @Test func `a group may be called like its only host`() throws {
        #expect(try inventory("[bastion]\nbastion").selected("bastion") == "bastion")
    }

    @Test func `an unknown host has no groups and no variables`() throws {
        let inventory = try inventory("a x=1")
        #expect(try inventory.variables(of: hostName("b")).isEmpty)
        #expect(try inventory.groups(of: hostName("b")).isEmpty)
        #expect(inventory.host(try hostName("b")) == nil)
    }
}
