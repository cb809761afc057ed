// swift-tools-version: 6.2
import PackageDescription

// Every target of ours is held to the same rules; see CONTRIBUTING.md.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // LLVM's dead store elimination as Swift 6.3.1 runs it loses a tuple that an async closure builds around
    // `try await`: the optimised program crashes, and does worse. This keeps that pass from looking
    // (docs/decisions/0008-optimised-builds.md).
    .unsafeFlags(["-Xllvm", "-dse-memoryssa-scanlimit=0"], .when(configuration: .release)),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioLocks: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

/// Optimised, RolloutDriver crashes where it posts an operation's outcome (memory that looks freed), also without LLVM's
/// passes; the cause is not known, nor whether it is the compiler's. It mostly waits, so it does without meanwhile.
let unoptimized: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

// In the order of the layers (ARCHITECTURE.md): a target depends only on targets above it in this file.
let package = Package(
    name: "coord",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "coord", targets: ["Coord"]),
        .executable(name: "coord-agent", targets: ["CoordAgent"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // L0: nouns, the wire, the artifact, and the C libraries.
        .target(name: "FleetModel", swiftSettings: strict),
        .target(name: "AgentProtocol", swiftSettings: strict),
        .systemLibrary(name: "CLibSSH2", pkgConfig: "libssh2", providers: [.apt(["libssh2-1-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLibArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .target(name: "CAgentShim"),
        .target(
            name: "Artifact",
            dependencies: ["AgentProtocol", "CLibArchive", "CZstd", "FleetModel", crypto],
            swiftSettings: strict
        ),

        // L1: pure. No I/O, no clock, no random numbers.
        .target(
            name: "YAMLDiagnosis", dependencies: ["FleetModel", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict
        ),
        .target(
            name: "Inventory", dependencies: ["FleetModel", "YAMLDiagnosis", .product(name: "Yams", package: "Yams")],
            path: "inventory", exclude: ["GRAMMAR.md", "examples"], swiftSettings: strict
        ),
        .target(
            name: "RolloutSpec",
            dependencies: ["FleetModel", "YAMLDiagnosis", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict
        ),
        .target(
            name: "HostConfiguration", dependencies: ["FleetModel", "Inventory", "RolloutSpec"], swiftSettings: strict
        ),
        .target(name: "HostAccess", dependencies: ["FleetModel"], swiftSettings: strict),
        .target(name: "SSHConfig", dependencies: ["FleetModel"], swiftSettings: strict),
        .target(name: "RolloutEngine", dependencies: ["FleetModel"], swiftSettings: strict),
        .target(
            name: "Analysis", dependencies: ["FleetModel", .product(name: "RealModule", package: "swift-numerics")],
            swiftSettings: strict
        ),

        // L2: one effect each.
        .target(name: "TimeLimits", swiftSettings: strict),
        .target(
            name: "InputFiles", dependencies: [.product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict
        ),
        .target(
            name: "InventoryLoading",
            dependencies: [
                "FleetModel", "InputFiles", "Inventory",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SSHTransport",
            dependencies: [
                "CLibSSH2", "FleetModel", "HostAccess", nioCore, nioLocks, nioPosix, crypto,
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "RolloutStore",
            dependencies: ["FleetModel", "RolloutEngine", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict
        ),
        .target(
            name: "AgentClient", dependencies: ["AgentProtocol", "FleetModel", "HostAccess", crypto],
            swiftSettings: strict
        ),
        .target(name: "Reporting", dependencies: ["FleetModel", "RolloutEngine"], swiftSettings: strict),
        .target(name: "RolloutSimulator", dependencies: ["FleetModel", "RolloutEngine"], swiftSettings: strict),
        .target(name: "MetricSources", dependencies: ["Analysis", "FleetModel", "TimeLimits"], swiftSettings: strict),
        .target(name: "Traffic", dependencies: ["FleetModel"], swiftSettings: strict),

        // L3: the loop, and the program on the hosts.
        .target(
            name: "RolloutDriver",
            dependencies: [
                "AgentClient", "AgentProtocol", "Analysis", "Artifact", "FleetModel", "HostAccess",
                "HostConfiguration", "InputFiles", "MetricSources", "RolloutEngine", "RolloutSpec", "RolloutStore",
                "TimeLimits", "Traffic",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict + unoptimized
        ),
        .target(
            name: "FleetOperations",
            dependencies: ["AgentClient", "AgentProtocol", "FleetModel", "HostAccess", "TimeLimits"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "CoordAgent", dependencies: ["AgentProtocol", "CAgentShim", "CZstd"], path: "agent",
            exclude: ["packaging"], swiftSettings: strict
        ),

        // L4: the program people type.
        .executableTarget(
            name: "Coord",
            dependencies: [
                "AgentClient", "AgentProtocol", "Artifact", "FleetModel", "FleetOperations", "HostAccess",
                "HostConfiguration",
                "InputFiles", "Inventory", "InventoryLoading", "Reporting", "RolloutDriver", "RolloutEngine",
                "RolloutSimulator", "RolloutSpec", "RolloutStore", "SSHConfig", "SSHTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "coordinator", exclude: ["README.md"],
            resources: [
                // What `coord install` writes on hosts for their service manager; the files themselves live with the
                // agent.
                .embedInCode("Resources/coord-agent.service"), .embedInCode("Resources/coord-agent-user.service"),
                .embedInCode("Resources/runit-run"), .embedInCode("Resources/runit-log-run"),
                // What `coord init` begins a project with.
                .embedInCode("Resources/project/inventory.ini"), .embedInCode("Resources/project/rollout.yaml"),
                .embedInCode("Resources/project/checks/health.sh"),
            ],
            swiftSettings: strict
        ),

        // Tests, from quick to real, and benchmarks.
        .executableTarget(
            name: "SeedRuns", dependencies: ["FleetModel", "RolloutEngine", "RolloutSimulator"],
            path: "Tests/SeedRuns", swiftSettings: strict
        ),
        .executableTarget(
            name: "SessionBenchmark",
            dependencies: ["FleetModel", "HostAccess", "SSHTransport", nioCore, nioPosix],
            path: "Benchmarks/sessions", swiftSettings: strict
        ),
        .target(
            name: "PlanCensus", dependencies: ["FleetModel", "RolloutEngine"], path: "Tests/PlanCensus",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "CertifyPlans", dependencies: ["FleetModel", "PlanCensus", "RolloutEngine"],
            path: "Tests/CertifyPlans", swiftSettings: strict
        ),
        .target(
            name: "CanarySimulator", dependencies: ["Analysis", "FleetModel"], path: "Tests/CanarySimulator",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "AnalysisBenchmark", dependencies: ["Analysis", "CanarySimulator", "FleetModel"],
            path: "Benchmarks/analysis",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "InventoryBenchmark", dependencies: ["FleetModel", "Inventory", "InventoryLoading", "SSHConfig"],
            path: "Benchmarks/inventory", swiftSettings: strict
        ),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        .testTarget(name: "AgentProtocolTests", dependencies: ["AgentProtocol"], swiftSettings: strict),
        .testTarget(
            name: "ArtifactTests", dependencies: ["AgentProtocol", "Artifact", "CZstd", "FleetModel"],
            swiftSettings: strict
        ),
        .testTarget(name: "InventoryTests", dependencies: ["FleetModel", "Inventory"], swiftSettings: strict),
        .testTarget(
            name: "InventoryLoadingTests", dependencies: ["FleetModel", "Inventory", "InventoryLoading"],
            exclude: ["Corpus"], swiftSettings: strict
        ),
        .testTarget(name: "SSHConfigTests", dependencies: ["FleetModel", "SSHConfig"], swiftSettings: strict),
        .testTarget(name: "RolloutSpecTests", dependencies: ["FleetModel", "RolloutSpec"], swiftSettings: strict),
        .testTarget(
            name: "HostConfigurationTests",
            dependencies: ["FleetModel", "HostConfiguration", "Inventory", "RolloutSpec"],
            swiftSettings: strict
        ),
        .testTarget(name: "TimeLimitsTests", dependencies: ["TimeLimits"], swiftSettings: strict),
        .testTarget(name: "HostAccessTests", dependencies: ["HostAccess"], swiftSettings: strict),
        .testTarget(
            name: "RolloutEngineTests", dependencies: ["FleetModel", "PlanCensus", "RolloutEngine"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulationTests", dependencies: ["FleetModel", "RolloutEngine", "RolloutSimulator"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AnalysisTests", dependencies: ["Analysis", "CanarySimulator", "FleetModel"], swiftSettings: strict
        ),
        .testTarget(
            name: "MetricSourcesTests",
            dependencies: ["Analysis", "FleetModel", "MetricSources", nioCore, nioPosix],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RolloutStoreTests",
            dependencies: [
                "FleetModel", "RolloutEngine", "RolloutStore", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ReportingTests", dependencies: ["FleetModel", "Reporting", "RolloutEngine"],
            exclude: ["Golden"], swiftSettings: strict
        ),
        .testTarget(name: "TrafficTests", dependencies: ["FleetModel", "Traffic"], swiftSettings: strict),
        .testTarget(
            name: "SSHTransportTests",
            dependencies: ["FleetModel", "HostAccess", "SSHTransport", nioCore, nioLocks, nioPosix, crypto],
            swiftSettings: strict
        ),
        .testTarget(name: "CoordAgentTests", dependencies: ["AgentProtocol", "CoordAgent"], swiftSettings: strict),
        .testTarget(
            name: "AgentClientTests", dependencies: ["AgentClient", "AgentProtocol", "FleetModel", "HostAccess"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RolloutDriverTests",
            dependencies: [
                "AgentClient", "AgentProtocol", "FleetModel", "HostAccess", "HostConfiguration", "Inventory",
                "RolloutDriver", "RolloutEngine", "RolloutSpec", "RolloutStore", "Traffic",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FleetOperationsTests",
            dependencies: ["AgentClient", "AgentProtocol", "FleetModel", "FleetOperations", "HostAccess"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CoordTests",
            dependencies: [
                "AgentClient", "AgentProtocol", "Coord", "FleetModel", "FleetOperations", "HostAccess", "Inventory",
                "Reporting", "RolloutDriver", "RolloutEngine", "RolloutSpec", "RolloutStore", "SSHConfig",
                "SSHTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["Golden"], swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
