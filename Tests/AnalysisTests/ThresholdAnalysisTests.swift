import Analysis
import FleetModel
import Testing

@Suite struct ThresholdAnalysisTests {
    private func verdict(
        _ criterion: ThresholdCriterion, _ limits: ThresholdAnalysis.Limits, _ measurements: [MetricReading],
        of hosts: [HostName] = []
    ) -> AnalysisVerdict? {
        var analysis = ThresholdAnalysis(criterion, limits: limits, hosts: Set(hosts))
        return measurements.reduce(nil) { $0 ?? analysis.take($1) }
    }

    private func below(_ text: String = "< 0.01") throws -> ThresholdCriterion { .success(try Condition(text)) }

    @Test func `as many measurements as asked for are needed for success`() throws {
        let three = ThresholdAnalysis.Limits(count: 3)
        #expect(verdict(try below(), three, [.value(0), .value(0.001)]) == nil)
        #expect(verdict(try below(), three, [.value(0), .value(0.001), .value(0)]) == .successful)
    }

    @Test func `a failure within the limit is forgiven, one more is not`() throws {
        let limits = ThresholdAnalysis.Limits(count: 4, failureLimit: 1)
        #expect(verdict(try below(), limits, [.value(1), .value(0), .value(0), .value(0)]) == .successful)
        let failed = verdict(try below(), limits, [.value(1), .value(0), .value(0.5)])
        #expect(failed == .failed("measured 0.5; success is < 0.01 (2 failures)"))
    }

    @Test func `the last measurement can still fail it`() throws {
        let last = verdict(try below(), .init(count: 2), [.value(0), .value(0.02)])
        #expect(last == .failed("measured 0.02; success is < 0.01"))
    }

    @Test func `between success and failure lies what a person decides`() throws {
        let both = ThresholdCriterion.both(success: try Condition("< 0.01"), failure: try Condition("> 0.05"))
        let between = verdict(both, .init(count: 2), [.value(0.03)])
        #expect(between == .inconclusive("measured 0.03; success is < 0.01, failure is > 0.05"))
        #expect(verdict(both, .init(count: 2, inconclusiveLimit: 1), [.value(0.03), .value(0)]) == .successful)
    }

    @Test func `failure wins where both conditions hold, and alone lets everything else pass`() throws {
        let both = ThresholdCriterion.both(success: try Condition("< 10"), failure: try Condition("> 5"))
        #expect(verdict(both, .init(), [.value(7)])?.reason?.hasPrefix("measured 7") == true)
        #expect(verdict(.failure(try Condition("> 5")), .init(), [.value(5)]) == .successful)
    }

    @Test func `no data never is success, however often it comes`() throws {
        for nothing in [MetricReading.noData, .perHost([:]), .value(.nan), .value(.infinity), .error("refused")] {
            let outcome = verdict(.failure(try Condition("> 5")), .init(), Array(repeating: nothing, count: 5))
            guard case .error(let reason) = outcome else {
                Issue.record("\(nothing) gave \(String(describing: outcome))")
                continue
            }
            #expect(reason.hasSuffix("(5 errors one after the other)"))
        }
    }

    @Test func `errors don't count, and only those one after the other add up`() throws {
        let errors = Array(repeating: MetricReading.error("refused"), count: 4)
        #expect(verdict(try below(), .init(), errors) == nil)
        let measurements = errors + [.value(0)] + errors + [.value(0)]
        #expect(verdict(try below(), .init(count: 2), measurements) == .successful)
    }

    @Test func `of many hosts the worst decides, and is named`() throws {
        let web = try ["web-1", "web-2", "web-3"].map { try #require(HostName($0)) }
        let values = [web[0]: 0.0, web[1]: 0.2, web[2]: 0.001]
        let failed = verdict(try below(), .init(), [.perHost(values)], of: web)
        #expect(failed == .failed("measured 0.2 on web-2; success is < 0.01"))
        let others = [web[0], web[2]]
        #expect(verdict(try below(), .init(), [.perHost(values)], of: others) == .successful)
    }

    @Test func `a host that falls silent is no success, and hides no failure of another`() throws {
        let web = try ["web-1", "web-2"].map { try #require(HostName($0)) }
        let limits = ThresholdAnalysis.Limits(consecutiveErrorLimit: 1)
        let silence = Array(repeating: MetricReading.perHost([web[0]: 0]), count: 2)
        let error = AnalysisVerdict.error("no data of web-2 (2 errors one after the other)")
        #expect(verdict(try below(), limits, silence, of: web) == error)
        #expect(
            verdict(try below(), limits, [.perHost([web[0]: 1])], of: web)?.reason?.hasPrefix("measured 1 on web-1")
                == true)
    }

    @Test func `a verdict is final`() throws {
        var analysis = ThresholdAnalysis(try below(), limits: .init())
        #expect(analysis.take(.value(0)) == .successful)
        #expect(analysis.take(.value(1)) == .successful)
    }

    @Test func `the first measurement waits for the initial delay, the others for the interval`() throws {
        let limits = ThresholdAnalysis.Limits(interval: .seconds(10), count: 2, initialDelay: .seconds(60))
        var analysis = ThresholdAnalysis(try below(), limits: limits)
        #expect(analysis.delay == .seconds(60))
        _ = analysis.take(.noData)
        #expect(analysis.delay == .seconds(10))
    }

    @Test func `the worst of several verdicts counts, and of none there is none`() {
        let verdicts: [AnalysisVerdict] = [.successful, .error("e"), .inconclusive("i")]
        #expect(AnalysisVerdict.worst(of: verdicts) == .error("e"))
        #expect(AnalysisVerdict.worst(of: verdicts + [.failed("f")]) == .failed("f"))
        #expect(AnalysisVerdict.worst(of: []) == nil)
    }
}

@Suite struct ConditionTests {
    @Test(arguments: [
        ("< 0.01", 0.009, true), ("<0.01", 0.01, false), ("<= 0.01", 0.01, true), (">= -1.5e3", -1500, true),
        ("== 0", 0, true), ("!= 0", 0, false), (">= 0.9 and < 1.1", 1, true), (">= 0.9 and < 1.1", 1.1, false),
    ])
    func `a condition holds or not`(text: String, value: Double, holds: Bool) throws {
        #expect(try Condition(text).holds(value) == holds)
    }

    @Test(arguments: [
        "", "0.01", "< ", "=< 1", "< nan", "< inf", "< 0x1p3", "< 1%", "< 1 or > 2", "< 1 and", "and < 1", "< 1e999",
        "< 1 2 3 <",
    ])
    func `what is no condition is refused with the way to write it`(text: String) {
        #expect { try Condition(text) } throws: { error in
            (error as? Diagnostic)?.hint?.contains("< 0.01") == true
        }
    }

    @Test func `a condition is shown as it is meant`() throws {
        #expect(try Condition(">=0.90 and  <1e-7").description == ">= 0.9 and < 1e-07")
    }
}
