import FleetModel
import Testing

@Suite struct SharingTests {
    @Test func `a share is at most a tenth of a percentage point off where weights reach that far`() {
        for hosts in [2, 3, 7, 20, 100] {
            let all = (1...hosts).map { "h\($0)" }
            for canaries in [1, hosts / 3, hosts - 1] where canaries > 0 {
                let canary = Set(all.prefix(canaries))
                for percent in 1...99 {
                    let allocation = TrafficAllocation.sharing(percent, to: canary, among: all)
                    let wanted = Double(percent) / 100
                    let ratio = wanted * Double(hosts - canaries) / ((1 - wanted) * Double(canaries))
                    guard (1 / 256.0...256).contains(ratio) else { continue }
                    let error = abs(allocation.share(of: canary) - wanted)
                    #expect(error <= 0.001, "\(percent) % to \(canaries) of \(hosts): \(error)")
                    #expect(allocation.weights.values.allSatisfy { (1...256).contains($0) })
                }
            }
        }
    }

    @Test func `nobody and everybody are exact`() {
        let none = TrafficAllocation.sharing(0, to: ["h1"], among: ["h1", "h2"])
        #expect(none.share(of: ["h1"]) == 0)
        #expect(none.share(of: ["h2"]) == 1)
        let all = TrafficAllocation.sharing(100, to: ["h1"], among: ["h1", "h2"])
        #expect(all.share(of: ["h1"]) == 1)
        #expect(all.weights["h2"] == 0)
    }

    @Test func `a side's hosts keep their proportions`() {
        let allocation = TrafficAllocation.sharing(
            20, to: ["h1", "h2"], among: ["h1": 100, "h2": 50, "h3": 100, "h4": 50, "h5": 0])
        let weights = allocation.weights.mapValues(Double.init)
        #expect(abs(allocation.share(of: ["h1", "h2"]) - 0.2) < 0.002)
        #expect(abs((weights["h1"] ?? 0) / (weights["h2"] ?? 1) - 2) < 0.1)
        #expect(abs((weights["h3"] ?? 0) / (weights["h4"] ?? 1) - 2) < 0.1)
        #expect(weights["h5"] == 0)
    }

    @Test func `a share out of reach is as near as it can be`() {
        let all = (1...1000).map { "h\($0)" }
        let allocation = TrafficAllocation.sharing(50, to: ["h1"], among: all)
        #expect(allocation.weights["h1"] == 256)
        #expect(allocation.weights["h2"] == 1)
        #expect(abs(allocation.share(of: ["h1"]) - 0.204) < 0.001)
    }
}
