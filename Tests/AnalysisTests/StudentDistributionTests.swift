import Testing

@testable import Analysis

/// Against tables: NIST/SEMATECH e-Handbook of Statistical Methods, §1.3.6.7.2, and Student's closed forms.
@Suite struct StudentDistributionTests {
    @Test(arguments: [
        (1.0, 0.05, 6.313752), (1, 0.005, 63.656741), (4, 0.025, 2.776445), (4, 0.005, 4.604095),
        (10, 0.001, 4.143700), (49, 0.025, 2.009575), (100, 0.05, 1.660234),
    ])
    func `quantiles are those of the tables`(degreesOfFreedom: Double, tail: Double, quantile: Double) {
        let found = StudentDistribution(degreesOfFreedom: degreesOfFreedom).quantile(upperTail: tail)
        #expect((found - quantile).magnitude < 2e-6, "\(found)")
    }

    @Test func `with 100,000 degrees of freedom it is the normal distribution`() {
        let distribution = StudentDistribution(degreesOfFreedom: 100_000)
        #expect((distribution.upperTail(1.959964) - 0.025).magnitude < 1e-5)
        #expect((normalUpperTail(1.959964) - 0.025).magnitude < 1e-8)
    }

    @Test(arguments: [1.0, 2, 4, 11, 60, 2000])
    func `the power without an effect is the level`(degreesOfFreedom: Double) {
        let distribution = StudentDistribution(degreesOfFreedom: degreesOfFreedom)
        let critical = distribution.quantile(upperTail: 0.025)
        #expect((distribution.power(critical: critical, noncentrality: 0) - 0.025).magnitude < 2e-4)
    }

    @Test func `the power with an effect is that of R's power.t.test`() {
        // power.t.test(n = 20, delta = 1, sd = 1, alternative = "one.sided"): 0.9300 with 38 degrees of freedom.
        let distribution = StudentDistribution(degreesOfFreedom: 38)
        let critical = distribution.quantile(upperTail: 0.05)
        let power = distribution.power(critical: critical, noncentrality: 10.0.squareRoot())
        #expect((power - 0.9300).magnitude < 0.003, "\(power)")
    }

    @Test func `numbers are shown in few digits`() {
        let shown = [0.01, 1234.5678, -0.00012346, 1.5e-7, 0, 100, 1e300, .leastNonzeroMagnitude, 123_456].map(\.brief)
        #expect(shown == ["0.01", "1235", "-0.0001235", "1.5e-07", "0", "100", "1e+300", "5e-324", "123500"])
    }
}
