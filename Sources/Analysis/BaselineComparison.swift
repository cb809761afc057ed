import FleetModel

/// Compares the hosts of a canary with hosts that were left alone, by what each measured before and after the change.
///
/// The host is the unit: more measurements of a host make its own change more precise, but only more hosts tell how
/// much hosts differ anyway. At each look of ``LookSchedule`` the difference in differences gets a lower and an upper
/// bound by Student's t. Successful when the upper bound is below the tolerance, failed when the lower one is above it,
/// else on to the next look; after the last one, inconclusive. A lone canary host fails only where it is worse than
/// every host of the baseline, too. Where no host differs from its side at all, the t-test has nothing to measure by:
/// then only the last look decides, see ``judgeWithoutSpread(_:)``.
public struct BaselineComparison: AnalysisRun {
    public let rules: ComparisonRules
    public private(set) var verdict: AnalysisVerdict?
    /// Rounds of measurements after the change so far, with errors.
    public private(set) var round = 0
    /// What the last look saw; nil before the first.
    public private(set) var estimate: ComparisonEstimate?

    private let schedule: LookSchedule
    private let canary: [HostName]
    private let baseline: [HostName]
    private var changes: [HostName: HostChange] = [:]
    private var consecutiveErrors = 0
    /// Student's quantile of each look's α; they depend on the hosts that are left.
    private var critical: (degreesOfFreedom: Int, quantiles: [Double])

    /// - Precondition: a canary, at least two other hosts in the baseline, and `alpha` within (0, 0.5).
    public init(canary: [HostName], baseline: [HostName], rules: ComparisonRules) {
        precondition(!canary.isEmpty && baseline.count >= 2, "refused when the plan is made")
        precondition(Set(canary).isDisjoint(with: baseline), "a host is compared with others")
        self.canary = canary
        self.baseline = baseline
        self.rules = rules
        schedule = LookSchedule(rules, canaryHosts: canary.count)
        critical = Self.critical(schedule, degreesOfFreedom: canary.count + baseline.count - 2)
    }

    public var delay: Duration { round == 0 ? rules.initialDelay : rules.interval }

    /// A round of measurements before the change; what is no number for each host is left out.
    public mutating func takeBefore(_ measurement: MetricReading) {
        guard round == 0, case .perHost(let values) = measurement else { return }
        for (host, value) in values where value.isFinite { changes[host, default: HostChange()].takeBefore(value) }
    }

    public mutating func take(_ measurement: MetricReading) -> AnalysisVerdict? {
        guard verdict == nil else { return verdict }
        round += 1
        switch measurement {
        case .perHost(let values) where !values.isEmpty: takeAfter(values)
        case .perHost, .noData: countError("no data")
        case .error(let reason): countError(reason.printable(maximumBytes: 500))
        case .value: verdict = .error("the metric gives one number for all hosts, and a comparison needs one for each")
        }
        if verdict == nil, let index = schedule.looks.firstIndex(where: { $0.round == round }) { look(index) }
        return verdict
    }

    private mutating func takeAfter(_ values: [HostName: Double]) {
        consecutiveErrors = 0
        for (host, value) in values where value.isFinite { changes[host, default: HostChange()].takeAfter(value) }
    }

    private mutating func countError(_ reason: String) {
        consecutiveErrors += 1
        guard consecutiveErrors > rules.consecutiveErrorLimit else { return }
        verdict = .error("\(reason) (\(consecutiveErrors) errors one after the other)")
    }
}

// MARK: Looks

extension BaselineComparison {
    private mutating func look(_ index: Int) {
        let isLast = index == schedule.looks.count - 1
        // A canary host that falls silent may be the one that is sick: what is left of the canary decides nothing.
        let silent = canary.filter { !isMeasured($0) }
        let compared = baseline.filter(isMeasured)
        guard silent.isEmpty, compared.count >= 2 else {
            if isLast { verdict = .inconclusive(missing(silent, compared: compared.count)) }
            return
        }
        let sign: Double = rules.worse == .higher ? 1 : -1
        guard
            let found = DifferenceInDifferences(
                canary: canary.compactMap(change).map { $0 * sign },
                baseline: compared.compactMap(change).map { $0 * sign }, level: level(compared))
        else {
            if isLast { verdict = .inconclusive("the numbers measured are too large to be compared") }
            return
        }
        if found.degreesOfFreedom != critical.degreesOfFreedom {
            critical = Self.critical(schedule, degreesOfFreedom: found.degreesOfFreedom)
        }
        let estimate = ComparisonEstimate(
            found, critical: critical.quantiles[index], tolerated: tolerated(level: level(compared)),
            canary: means(canary), baseline: means(compared), baselineHosts: compared.count)
        self.estimate = estimate
        if !found.isWithoutSpread {
            let worst = compared.compactMap(change).map { $0 * sign }.max() ?? 0
            let meanOfBaseline = mean(compared.compactMap(change)) * sign
            verdict = judge(estimate, outlier: worst - meanOfBaseline, isLast: isLast)
        } else if isLast {
            verdict = judgeWithoutSpread(estimate)
        }
    }

    /// `outlier` is by how much the worst host of the baseline is worse than its average. A lone canary that is no
    /// worse than that may be such a host itself, whatever Student's t says of normal numbers.
    private func judge(_ estimate: ComparisonEstimate, outlier: Double, isLast: Bool) -> AnalysisVerdict? {
        let isOutstanding = canary.count > 1 || estimate.difference - estimate.tolerated > outlier
        if estimate.lower > estimate.tolerated, isOutstanding { return .failed(estimate.text(rules.worse)) }
        if estimate.upper < estimate.tolerated { return .successful }
        return isLast ? .inconclusive(estimate.text(rules.worse)) : nil
    }

    /// Hosts that all measure the same, such as no errors at all. The canary measuring the same passes; the canary
    /// alone measuring worse is as likely by chance as picking just its hosts out of all of them, and fails where that
    /// is unlikely enough.
    private func judgeWithoutSpread(_ estimate: ComparisonEstimate) -> AnalysisVerdict {
        if estimate.difference < estimate.tolerated || estimate.difference == 0 { return .successful }
        let chance = 1 / combinations(canary.count + estimate.baselineHosts, choose: canary.count)
        let text = estimate.text(rules.worse) + "; all \(estimate.baselineHosts) baseline hosts measure the same"
        return estimate.difference > estimate.tolerated && chance <= rules.alpha ? .failed(text) : .inconclusive(text)
    }

    /// Half of the rounds is what a mean over the time since the change needs at least.
    private func isMeasured(_ host: HostName) -> Bool {
        guard let change = changes[host] else { return false }
        return change.isMeasuredBefore && change.countAfter * 2 >= round
    }

    private func change(_ host: HostName) -> Double? {
        guard let change = changes[host], let before = change.before, let after = change.after else { return nil }
        return after - before
    }

    private func means(_ hosts: [HostName]) -> ComparisonEstimate.Side {
        let measured = hosts.compactMap { changes[$0] }
        return ComparisonEstimate.Side(
            before: mean(measured.compactMap(\.before)), after: mean(measured.compactMap(\.after)))
    }

    /// What the hosts measured before the change, on average.
    private func level(_ compared: [HostName]) -> Double {
        mean((canary + compared).compactMap { changes[$0]?.level }).magnitude
    }

    private func tolerated(level: Double) -> Double {
        switch rules.tolerance {
        case .absolute(let number): number
        case .relative(let part): part * level
        }
    }

    private func missing(_ silent: [HostName], compared: Int) -> String {
        guard !silent.isEmpty else {
            return "\(compared) of \(baseline.count) baseline hosts gave enough data; two are needed at least"
        }
        let named = silent.prefix(3).map(\.text).joined(separator: ", ")
        let rest = silent.count > 3 ? " and \(silent.count - 3) more" : ""
        return "not enough data of \(named)\(rest), before the change or after it"
    }

    private static func critical(
        _ schedule: LookSchedule, degreesOfFreedom: Int
    ) -> (degreesOfFreedom: Int, quantiles: [Double]) {
        let distribution = StudentDistribution(degreesOfFreedom: Double(degreesOfFreedom))
        return (degreesOfFreedom, schedule.looks.map { distribution.quantile(upperTail: $0.alpha) })
    }
}

// MARK: What can be found

extension BaselineComparison {
    /// How much hosts differ in what they change by anyway: the standard deviation, between hosts, of what changed from
    /// the first half of the measurements before the change to the second. Nil while fewer than two hosts have two.
    public var spreadBefore: Double? {
        let shifts = (canary + baseline).compactMap { changes[$0]?.shiftBefore }
        guard shifts.count >= 2 else { return nil }
        let center = mean(shifts)
        let squares = shifts.reduce(0) { $0 + ($1 - center) * ($1 - center) }
        return (squares / Double(shifts.count - 1)).squareRoot()
    }

    /// The smallest difference beyond what is tolerated that the last look finds with a probability of `power`, as far
    /// as the measurements before the change tell; in the metric's unit. Nil while they tell nothing.
    public func minimumDetectableEffect(power: Double = 0.8) -> Double? {
        spreadBefore.map {
            Analysis.minimumDetectableEffect(
                canaryHosts: canary.count, baselineHosts: baseline.count, spread: $0, rules: rules, power: power)
        }
    }

    /// For people, before it starts: what this comparison can find, and what it can't.
    public var promise: String {
        let sides =
            "\(canary.count) canary against \(baseline.count) baseline \(baseline.count == 1 ? "host" : "hosts")"
        guard let effect = minimumDetectableEffect() else {
            return "\(sides): nothing was measured that tells what can be found"
        }
        let level = level(baseline)
        let tolerated = tolerated(level: level)
        let part = level > 0 ? ", \(((tolerated + effect) / level * 100).brief)% of \(level.brief)" : ""
        let way = rules.worse == .higher ? "an increase" : "a decrease"
        return "\(sides): finds \(way) by \((tolerated + effect).brief) or more\(part), four times in five; "
            + "up to \(tolerated.brief) is tolerated"
    }
}
