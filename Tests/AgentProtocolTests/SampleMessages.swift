import AgentProtocol

/// One of every message, no field at its default, so that a forgotten field shows.
enum SampleMessages {
    static let claim = Claim(service: "shop", rollout: "r-1", epoch: 7, holder: "ann@laptop")

    static let artifact = ArtifactReference(
        release: "shop-1.4.2", digest: String(repeating: "a", count: 64), size: 1 << 40,
        packedDigest: String(repeating: "b", count: 64), packedSize: 300, directory: "shop-1.4.2+r-1"
    )

    static let file = ConfigurationFile(
        path: "config/shop.env", mode: 0o640, owner: "shop", group: "33", replaces: true, isSecret: true,
        content: [0, 255])

    static let comparison: Comparison = {
        var comparison = Comparison()
        comparison.matching = [StagedRelease(name: "2+r", digest: "cd", release: "2", isConfigured: true)]
        comparison.files = [FileDifference(path: "config/shop.env", kind: .attributes, isSecret: true)]
        comparison.problem = "there is no user 'shop'"
        return comparison
    }()

    static let definition: ServiceDefinition = {
        var control = ServiceControl()
        control.unit = "shop.service"
        control.isUserUnit = true
        (control.start, control.stop) = ("start", "stop")
        (control.restart, control.status) = ("restart", "status")
        var definition = ServiceDefinition()
        definition.service = "shop"
        definition.installDirectory = "/opt/shop"
        definition.control = control
        definition.checks = [
            HealthCheck(name: "checks/health.sh", probe: .script(Array("#!/bin/sh\n".utf8)), timeoutMilliseconds: 5000),
            HealthCheck(
                name: "http", probe: .http(host: "127.0.0.1", port: 8080, path: "/healthz", status: 200),
                timeoutMilliseconds: 1000
            ),
            HealthCheck(name: "tcp", probe: .tcp(host: "::1", port: 65535), timeoutMilliseconds: 1),
        ]
        definition.hooks = Hook.Point.allCases.map { Hook(point: $0, name: "hook", content: [0, 255]) }
        definition.keepReleases = 5
        definition.intervalMilliseconds = 1000
        definition.commandTimeoutMilliseconds = 60_000
        return definition
    }()

    static let report: HostReport = {
        var report = HostReport()
        (report.current, report.currentDigest, report.previous) = ("shop-2", "cd", "shop-1")
        report.releases = [StagedRelease(name: "shop-2", digest: "cd"), StagedRelease(name: "shop-1", digest: "ef")]
        (report.unitState, report.mainPID, report.restarts) = ("active", 4711, 3)
        (report.memoryBytes, report.health, report.healthProblem) = (1 << 33, .unhealthy, "exit status 1")
        (report.epoch, report.holder) = (8, claim)
        (report.diskFreeBytes, report.diskTotalBytes) = (1, 2)
        (report.clockSeconds, report.uptimeSeconds, report.loadHundredths) = (1_700_000_000, 60, 125)
        report.obstacle = "/opt/shop/current is not a link"
        report.isRetired = true
        return report
    }()

    static let actions: [StepAction] = [
        .stage(artifact), .activate(release: "shop-1.4.2"),
        .watch(minimumHealthyMilliseconds: 10_000, deadlineMilliseconds: 300_000), .revert,
        .runHook(SingleHook(name: "expand", content: [0, 255], release: "shop-1.4.2", timeoutMilliseconds: 60_000)),
        .stop,
    ]

    static let exchange = Exchange(
        claim: claim, address: "/run/haproxy/admin.sock", text: "show stat\n", timeoutMilliseconds: 5000)

    static let replacement = ReplaceFile(
        claim: claim, path: "/etc/nginx/conf.d/shop.conf", content: [0, 255], test: "nginx -t",
        apply: "systemctl reload nginx", timeoutMilliseconds: 10_000)

    static let sample: Sample = {
        var sample = Sample()
        (sample.clockSeconds, sample.cpuMicroseconds, sample.memoryBytes) = (1_700_000_000, 1 << 40, 1 << 33)
        (sample.restarts, sample.mainPID, sample.isHealthy) = (0, 4711, false)
        (sample.latencyMicroseconds, sample.logErrors) = (1250, 0)
        return sample
    }()

    static let evidence: Evidence = {
        var evidence = Evidence()
        (evidence.unitStatus, evidence.journal) = (Array("Result=exit-code\n".utf8), [10, 27])
        (evidence.healthProblem, evidence.healthOutput) = ("exit status 1", [7])
        evidence.facts = [HostFact(name: HostFact.Name.kernel, value: "6.1.0-37-amd64")]
        return evidence
    }()

    static let requests: [Request] =
        [
            .hello(Hello(lowestVersion: 1, highestVersion: 3, coordinatorVersion: "1.2.3")),
            .inspect(Inspect(definition: definition, probesHealth: true)),
            .begin(Begin(claim: claim, definition: definition)),
            .offer(Offer(claim: claim, artifact: artifact)),
            .chunk(Chunk(packedDigest: "ab", offset: 1 << 35, content: [1, 2, 3])),
            .offer(Offer(claim: claim, artifact: artifact, isConfiguration: true)),
            .finish(Finish(claim: claim)),
            .compare(
                Compare(
                    installDirectory: "/opt/shop", digest: "cd", nonce: [1, 2],
                    files: [FileProof(of: file, nonce: [1, 2])])),
            .read(ReadFile(installDirectory: "/opt/shop", path: "config/shop.env")),
            .exchange(exchange), .replace(replacement), .countConnections(CountConnections(port: 8080)),
            .takeSample(TakeSample(definition: definition, logSinceSeconds: 1_700_000_000)),
            .gatherEvidence(GatherEvidence(definition: definition, factsOnly: true)),
            .perform(
                Perform(
                    claim: claim, step: "stage", action: .stage(artifact),
                    configuration: ConfigurationReference(digest: "ab", size: 7))),
        ] + actions.map { .perform(Perform(claim: claim, step: "step-1", action: $0)) }

    static let replies: [Reply] = [
        .hello(Greeting(version: 1, agentVersion: "1.0", machineID: "m", bootID: "b")),
        .report(report), .begun, .wanted(offset: 0), .wanted(offset: .max),
        .performed(
            StepResult(ending: .unhealthy, problem: "no", output: [10], durationMilliseconds: 5, isRecorded: true)
        ),
        .finished, .refused(Refusal(reason: .held, problem: "held by bob", holder: claim)),
        .compared(comparison), .content(FileContent(content: [27, 91], isCut: true)),
        .exchanged(ExchangeAnswer(content: [10], problem: "no end")),
        .replaced(Replacement(ending: .applyFailed, problem: "no", output: [10])),
        .connections(ConnectionCount(established: 3, closeWait: 1)), .sample(sample), .evidence(evidence),
        .progressed(Progress(text: "restarting shop.service", output: [7])),
    ]
}
