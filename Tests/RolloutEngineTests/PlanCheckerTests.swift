import FleetModel
import Foundation
import PlanCensus
import RolloutEngine
import Testing

@Suite struct PlanCheckerTests {
    private func canary() throws -> RolloutPlan {
        let steps: [CanaryStep] = [.setCanary(.count(1)), .setWeight(5), .pause(nil)]
        let rack = DomainPromise(label: "rack", maximumDomains: 1)
        let rest = Rolling(stages: [.count(2)], maximumUnavailable: .count(2), domains: [rack])
        let hosts = PlanGallery.fleet("ooooooc", racks: 2)
        var request = Fleet.request(hosts, .canary(Canary(steps: steps, rest: rest)))
        request.traffic = PlanGallery.traffic(hosts)
        request.schema = SchemaPlan(host: Fleet.name("db"), hooks: [.expand, .contract])
        return try request.plan()
    }

    /// Each changes a good plan into one that breaks a promise.
    static let mistakes: [(String, @Sendable (inout RolloutPlan) -> Void)] = [
        (
            "a host twice",
            { plan in
                let host = plan.batches[0][0]
                plan.batches[1].append(host)
            }
        ),
        ("a host forgotten", { $0.batches[1].removeLast() }),
        ("an offline host", { $0.hosts[0].isOffline = true }),
        (
            "a host that has the release",
            { plan in
                let host = plan.hosts[6].name
                plan.batches[1].append(host)
            }
        ),
        ("a batch never changed", { $0.steps.removeAll { $0.batch == 1 } }),
        ("a batch changed twice", { $0.steps.insert(.change(batch: 0), at: 2) }),
        ("batches in another order", { plan in plan.steps.swapAt(1, 5) }),
        ("a restoration before its change", { $0.steps.insert(.restore(batch: 1), at: 0) }),
        ("no retreat", { $0.traffic?.retreat = nil }),
        (
            "a retreat that leaves the canary in",
            { plan in
                let initial = plan.traffic?.initial
                plan.traffic?.retreat = initial
            }
        ),
        ("a retreat that takes too many", { plan in plan.traffic?.retreat?.weights = ["g": 1] }),
        ("a shift away from all", { $0.steps.insert(.shiftTraffic(TrafficAllocation(weights: [:])), at: 2) }),
        ("a shift to strangers", { $0.steps.insert(.shiftTraffic(TrafficAllocation(weights: ["z": 1])), at: 2) }),
        (
            "traffic left shared out",
            { plan in
                let steps = plan.steps.filter { !plan.isInitial($0) }
                plan.steps = steps
            }
        ),
        (
            "two racks in a batch",
            { plan in
                let (first, last) = (plan.batches[1][0], plan.batches[3][0])
                (plan.batches[1][0], plan.batches[3][0]) = (last, first)
            }
        ),
        ("a promise of nothing", { $0.policy.maximumUnavailable = 0 }),
        ("expand too late", { $0.steps.swapAt(0, 1) }),
        (
            "contract too early",
            { plan in
                let contract = plan.steps.removeLast()
                plan.steps.insert(contract, at: 2)
            }
        ),
        (
            "contract twice",
            { plan in
                let contract = plan.steps[plan.steps.count - 1]
                plan.steps.append(contract)
            }
        ),
        (
            "a retirement before a switch",
            { plan in
                let host = plan.hosts[6].name
                plan.steps.insert(.retire([host]), at: 1)
            }
        ),
    ]

    @Test(arguments: mistakes.indices)
    func `a mistake of a planner's is found`(number: Int) throws {
        var plan = try canary()
        #expect(PlanChecker.violations(in: plan).isEmpty)
        Self.mistakes[number].1(&plan)
        #expect(!PlanChecker.violations(in: plan).isEmpty, "\(Self.mistakes[number].0)")
    }

    @Test func `a switch before the idle side has the release is found`() throws {
        let hosts = PlanGallery.fleet("oo")
        let groups = BlueGreen.Sides.groups(blue: [hosts[0].name], green: [hosts[1].name])
        var request = Fleet.request(hosts, .blueGreen(BlueGreen(groups)))
        request.traffic = PlanGallery.traffic(hosts, idle: [hosts[1].name])
        let plan = try request.plan()
        #expect(PlanChecker.violations(in: plan).isEmpty)
        var hasty = plan
        hasty.steps.swapAt(0, 1)
        #expect(!PlanChecker.violations(in: hasty).isEmpty)
        var early = plan
        early.steps.swapAt(1, 3)
        #expect(!PlanChecker.violations(in: early).isEmpty)
    }

    // MARK: - As a file

    private func inputs(of plan: RolloutPlan) -> PlanInputs {
        let digests = plan.hosts.map { ($0.name.text, Fleet.oldDigest) }
        return PlanInputs(
            specification: Fleet.oldDigest, artifact: Fleet.newDigest, hosts: plan.hosts,
            inventory: Dictionary(uniqueKeysWithValues: digests), traffic: plan.traffic)
    }

    @Test func `a plan survives its file, where steps are objects that name what is done`() throws {
        let plan = try canary()
        let document = PlanDocument(plan, from: inputs(of: plan))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let file = try encoder.encode(document)
        #expect(try JSONDecoder().decode(PlanDocument.self, from: file) == document)
        let text = String(decoding: file, as: UTF8.self)
        #expect(text.contains(#"{"action":"change","batch":0}"#))
        #expect(!text.contains("_0"))
        let later = text.replacingOccurrences(of: #""version":1"#, with: #""version":9"#)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(PlanDocument.self, from: Data(later.utf8))
        }
    }

    @Test func `every drift is named`() throws {
        let planned = inputs(of: try canary())
        #expect(PlanDrift.between(planned, planned).isEmpty)
        var now = planned
        now.specification = Fleet.newDigest
        now.artifact = Fleet.oldDigest
        now.hosts[0].current = "1.3.0"
        now.hosts[1].isSick = true
        now.hosts[2].isOffline = true
        now.hosts[3].name = Fleet.name("z")
        now.inventory["e"] = Fleet.newDigest
        now.traffic?.initial.weights["f"] = 0
        now.traffic?.balancers = []
        let drifts = PlanDrift.between(planned, now)
        #expect(
            drifts.map(\.description) == [
                "the specification has changed", "the artifact is aaaaaaaaaaaa, not bbbbbbbbbbbb",
                "d is not selected any more", "a runs 1.3.0, not 1.4.1 as planned", "b is sick now",
                "c can't be reached now", "z is selected now and was not",
                "e has another address or other variables in the inventory", "the balancers are none, not lb",
                "f has the weight 0 on the balancers, not 256",
            ])
    }

    @Test func `the summary tells shares, loads and the way back`() throws {
        let summary = PlanSummary(of: try canary())
        let shift = summary.steps.first { $0.action == "shift_traffic" }
        #expect(shift?.shares?["a"] == 5)
        #expect((shift?.busiestLoad ?? 9) < 1.2)
        #expect(summary.rollback.map(\.action).first == "shift_traffic")
        #expect(summary.rollback.map(\.action).last == "shift_traffic")
        #expect(summary.capacity.group.outOfService == 2)
        #expect(summary.capacity.domains["rack"]?["r1"]?.outOfService == 2)
    }
}

extension RolloutPlan {
    fileprivate func isInitial(_ step: PlanStep) -> Bool { traffic.map { step == .shiftTraffic($0.initial) } ?? false }
}
