import FleetModel
import RolloutEngine
import Testing

@Suite struct PlanTests {
    /// What Ansible's `serial` makes of ten hosts.
    @Test(arguments: [
        ("1 5 20%", [1, 5, 2, 2]), ("25%", [2, 2, 2, 2, 2]), ("1%", Array(repeating: 1, count: 10)),
        ("10% 20% 100%", [1, 2, 7]), ("3", [3, 3, 3, 1]), ("100", [10]), ("0", Array(repeating: 1, count: 10)),
    ])
    func `stages round as Ansible's serial does`(stages: String, sizes: [Int]) throws {
        let stages = stages.split(separator: " ").compactMap { Share(String($0)) }
        let plan = try Fleet.request(fleet("oooooooooo"), .rolling(Rolling(stages: stages))).plan()
        #expect(plan.batches.map(\.count) == sizes)
    }

    @Test func `sick hosts go first, and hosts that run the release already do not go at all`() throws {
        let plan = try Fleet.request(fleet("ocso"), .rolling(Rolling(stages: [.count(2)]))).plan()
        #expect(plan.batches.map { $0.map(\.text).joined() } == ["ca", "d"])
        #expect(plan.hosts.map(\.name.text).joined() == "cabd")
    }

    @Test func `a host that runs the release badly goes too`() throws {
        var hosts = fleet("oc")
        hosts[1].isSick = true
        #expect(try Fleet.request(hosts, .rolling(Rolling())).plan().batches.map(\.count) == [1, 1])
    }

    @Test(arguments: [Share.count(0), .percent(9)])
    func `a promise that lets no host go is refused, with the policy that works`(unavailable: Share) {
        let refused = #expect(throws: PlanRefusal.self) {
            try Fleet.request(fleet("oooooooooo"), .rolling(Rolling(maximumUnavailable: unavailable))).plan()
        }
        #expect(refused?.hint.contains("max_unavailable: 1") == true)
    }

    @Test func `min_healthy rounds up and the stricter promise counts`() throws {
        var rolling = Rolling(maximumUnavailable: .percent(50), minimumHealthy: .percent(75))
        let hosts = fleet("ooooooo")
        #expect(try Fleet.request(hosts, .rolling(rolling)).plan().policy.maximumUnavailable == 1)
        rolling.maximumUnavailable = .percent(20)
        rolling.minimumHealthy = .count(2)
        #expect(try Fleet.request(hosts, .rolling(rolling)).plan().policy.maximumUnavailable == 1)
    }

    /// Every fleet of up to six hosts (old, sick, current) with every one of these policies.
    @Test func `the batches of every small plan hold each changing host once, in order, in the sizes asked for`() throws
    {
        let allStages: [[Share]] = [
            [.count(1)], [.count(2), .count(1)], [.percent(50)], [.percent(1), .percent(100)], [.count(0)], [.count(7)],
        ]
        for size in 0...6 {
            for number in 0..<power(3, size) {
                let hosts = fleet((0..<size).map { "osc".map(String.init)[number / power(3, $0) % 3] }.joined())
                for stages in allStages {
                    try check(hosts, .rolling(Rolling(stages: stages, maximumUnavailable: .count(1))), stages)
                }
                try check(hosts, .recreate(Recreate()), [.percent(100)])
            }
        }
    }

    private func check(_ hosts: [PlannedHost], _ strategy: Strategy, _ stages: [Share]) throws {
        let plan = try Fleet.request(hosts, strategy).plan()
        let sick = hosts.filter(\.isSick).map(\.name)
        let old = hosts.filter { !$0.isSick && $0.currentDigest == Fleet.oldDigest }.map(\.name)
        var isRight = plan.batches.flatMap(\.self) == sick + old
        isRight = isRight && Set(plan.hosts) == Set(hosts) && plan.hosts.count == hosts.count
        for (index, batch) in plan.batches.enumerated() {
            let asked = size(stages[min(index, stages.count - 1)], of: hosts.count)
            let isLast = index == plan.batches.count - 1
            isRight = isRight && !batch.isEmpty && (batch.count == asked || isLast && batch.count <= asked)
        }
        isRight = isRight && plan.policy.maximumParallel >= 1
        #expect(isRight, "\(hosts.map(\.name)) \(stages): \(plan.batches)")
    }

    private func size(_ share: Share, of total: Int) -> Int {
        switch share {
        case .count(let number): max(1, min(number, total))
        case .percent(let number): max(1, total * number / 100)
        }
    }

    private func power(_ base: Int, _ exponent: Int) -> Int { (0..<exponent).reduce(1) { power, _ in power * base } }

    /// One host a letter: `o`ld, `s`ick, `c`urrent; they are called `a`, `b`, `c`…
    private func fleet(_ kinds: String) -> [PlannedHost] {
        zip("abcdefghij", kinds).map { name, kind in
            Fleet.host(Fleet.name(String(name)), isSick: kind == "s", isCurrent: kind == "c")
        }
    }

    @Test func `a host's own timeouts come before the coordinator's`() {
        let timeout = Duration.seconds(60)
        let policy = RolloutPolicy(
            maximumParallel: 1, maximumUnavailable: 1, healthyDeadline: timeout, commandTimeout: timeout,
            hostHookCount: 9)
        // Nine hooks and a restart before the switch's result; the health deadline, and hooks again, before a watch's.
        #expect(policy.deadline(for: .activate) > timeout * 10)
        #expect(policy.deadline(for: .watch) > timeout * 10)
    }
}
