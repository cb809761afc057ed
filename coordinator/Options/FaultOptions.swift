import ArgumentParser
import FleetModel
import RolloutEngine
import RolloutSimulator

/// What goes wrong in a simulated rollout.
struct FaultOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The host loses its power for good, for example web-1@30s; may be repeated.", valueName: "host@time"),
        transform: { try TimedFault($0, example: "web-1@30s") })
    var kill: [TimedFault] = []

    @Option(
        help: ArgumentHelp(
            "Nobody reaches the host for that time, for example web-1@30s..2m; may be repeated.",
            valueName: "host@from..to"),
        transform: { try TimedFault($0, example: "web-1@30s..2m", hasEnd: true) })
    var cut: [TimedFault] = []

    @Option(
        help: ArgumentHelp(
            "The host takes that many times as long, or so much longer for each operation: web-1=x10, web-1=30s; "
                + "may be repeated.", valueName: "host=much"),
        transform: SlowHost.init)
    var slow: [SlowHost] = []

    @Option(
        help: ArgumentHelp("The release never gets healthy on the host; may be repeated.", valueName: "host"))
    var sick: [String] = []

    @Option(
        help: ArgumentHelp(
            "From then on the balancer takes no word, for example lb-1@1m; may be repeated.", valueName: "host@time"),
        transform: { try TimedFault($0, example: "lb-1@1m") })
    var trafficFails: [TimedFault] = []

    @Option(
        help: ArgumentHelp(
            "What the analysis tells: failed, inconclusive or error, for example errors=failed; may be repeated.",
            valueName: "name=verdict"),
        transform: ChosenVerdict.init)
    var analysis: [ChosenVerdict] = []

    @Option(
        help: ArgumentHelp("The coordinator dies then, and is taken up again a minute later.", valueName: "time"),
        transform: timeSpan)
    var coordinatorCrash: Duration?

    @Option(
        help: ArgumentHelp(
            "Whatever waits for a promotion gets it after that time; by default it never does.", valueName: "time"),
        transform: timeSpan)
    var promoteAfter: Duration?

    var isAny: Bool {
        !(kill.isEmpty && cut.isEmpty && slow.isEmpty && sick.isEmpty && trafficFails.isEmpty && analysis.isEmpty)
            || coordinatorCrash != nil
    }

    /// - Throws: ``Failure`` that names every host that the rollout does not have.
    func faults(among hosts: [HostName], balancers: [HostName], analyses: Set<AnalysisName>) throws -> ChosenFaults {
        var faults = ChosenFaults()
        var problems: [Diagnostic] = []
        func named(_ text: String, _ option: String, among names: [HostName], _ noun: String) -> HostName? {
            if let name = HostName(text), names.contains(name) { return name }
            let suggestion = didYouMean(text, among: names.map(\.text))
            let hint = names.isEmpty ? "the spec has no 'traffic:' with balancer hosts" : nil
            problems.append(
                Diagnostic("\(option): the rollout has no \(noun) '\(text.printable())'\(suggestion)", hint: hint))
            return nil
        }
        for (option, fault) in kill.map({ ("--kill", $0) }) + cut.map({ ("--cut", $0) }) {
            guard let host = named(fault.host, option, among: hosts, "host") else { continue }
            if faults.outages[host] != nil {
                problems.append(Diagnostic("\(option): \(host) goes away twice", hint: "one --kill or --cut a host"))
            }
            faults.outages[host] = .init(from: fault.start, until: fault.end, cutsPower: fault.end == nil)
        }
        for fault in slow {
            if let host = named(fault.host, "--slow", among: hosts, "host") { faults.slowness[host] = fault.slowness }
        }
        faults.sick = Set(sick.compactMap { named($0, "--sick", among: hosts, "host") })
        for fault in trafficFails {
            guard let host = named(fault.host, "--traffic-fails", among: balancers, "balancer") else { continue }
            if let index = balancers.firstIndex(of: host) { faults.balancerEnds[index] = fault.start }
        }
        for chosen in analysis {
            faults.verdicts[chosen.name] = chosen.verdict
            guard !analyses.contains(chosen.name) else { continue }
            let suggestion = didYouMean(chosen.name.text, among: analyses.map(\.text).sorted())
            problems.append(
                Diagnostic("--analysis: the plan has no analysis '\(chosen.name.text.printable())'\(suggestion)"))
        }
        guard problems.isEmpty else { throw Failure(Diagnostics(problems)) }
        (faults.coordinatorCrash, faults.promotion) = (coordinatorCrash, promoteAfter)
        return faults
    }
}

/// `web-1@30s`, `web-1@30s..2m`
struct TimedFault {
    var host: String
    var start: Duration
    var end: Duration?

    init(_ text: String, example: String, hasEnd: Bool = false) throws {
        let malformed = ValidationError("'\(text.printable())' is not of the form \(example)")
        guard let at = text.lastIndex(of: "@"), at != text.startIndex else { throw malformed }
        host = String(text[..<at])
        let times = text[text.index(after: at)...].split(separator: "..", omittingEmptySubsequences: false)
        guard times.count == (hasEnd ? 2 : 1) else { throw malformed }
        start = try Self.time(times[0])
        guard hasEnd else { return }
        let end = try Self.time(times[1])
        guard end > start else { throw ValidationError("'\(text.printable())' ends before it begins") }
        self.end = end
    }

    private static func time(_ text: Substring) throws -> Duration {
        text == "0s" || text == "0" ? .zero : try timeSpan(String(text))
    }
}

/// `web-1=x10`, `web-1=30s`
struct SlowHost {
    var host: String
    var slowness: ChosenFaults.Slowness

    init(_ text: String) throws {
        guard let sign = text.lastIndex(of: "="), sign != text.startIndex else {
            throw ValidationError("'\(text.printable())' is not of the form web-1=x10 or web-1=30s")
        }
        host = String(text[..<sign])
        let much = String(text[text.index(after: sign)...])
        guard much.hasPrefix("x") || much.hasPrefix("×") else {
            slowness = .longer(try timeSpan(much))
            return
        }
        guard let factor = Int(much.dropFirst()), (1...Self.maximumFactor).contains(factor) else {
            throw ValidationError("'\(much.printable())' is not x1 to x\(Self.maximumFactor)")
        }
        slowness = .times(factor)
    }

    private static let maximumFactor = 10_000
}

/// `errors=failed`
struct ChosenVerdict {
    var name: AnalysisName
    var verdict: AnalysisVerdict

    init(_ text: String) throws {
        guard let sign = text.lastIndex(of: "="), sign != text.startIndex else {
            throw ValidationError("'\(text.printable())' is not of the form errors=failed")
        }
        name = AnalysisName(String(text[..<sign]))
        let word = String(text[text.index(after: sign)...])
        switch word {
        case "failed": verdict = .failed("as --analysis has it")
        case "inconclusive": verdict = .inconclusive("as --analysis has it")
        case "error": verdict = .error("as --analysis has it")
        default: throw ValidationError("'\(word.printable())' is not failed, inconclusive or error")
        }
    }
}
