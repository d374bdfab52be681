// swift-tools-version: 6.2
import PackageDescription

// The rooms under test are links into ../Sources, so that they, and nothing else, are instrumented. What is checked of them
// is a link into ../Tests, where the seeds are tested.
let instrumented: [SwiftSetting] = [
    .unsafeFlags(["-sanitize=fuzzer"]),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
// gold, the default, fails on the debug information of instrumented code
let linked: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]

let package = Package(
    name: "Fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd"),
        .target(name: "Tensors", dependencies: ["CKernels", "COpenBLAS"], swiftSettings: instrumented),
        .target(
            name: "ModelFiles",
            dependencies: ["JSON", "Tensors", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: instrumented),
        .target(
            name: "Tokenizers",
            dependencies: ["JSON", "ModelFiles", .product(name: "HeapModule", package: "swift-collections")],
            swiftSettings: instrumented),
        .target(
            name: "Learning",
            dependencies: ["CKernels", "Tensors", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: instrumented),
        .target(
            name: "Storage",
            dependencies: [
                "CZstd", "JSON", "Knowledge", "Learning",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: instrumented),
        .target(name: "CSV", swiftSettings: instrumented),
        .target(name: "JSON", swiftSettings: instrumented),
        .target(
            name: "Knowledge", dependencies: ["CKernels", "CSV", "JSON", "Tensors"], swiftSettings: instrumented),
        .target(name: "Dialogue", swiftSettings: instrumented),
        .target(name: "Entities", swiftSettings: instrumented),
        .target(name: "Wire", dependencies: ["JSON"], swiftSettings: instrumented),
        // Of the daemon only what reads its settings and its tasks.
        .target(
            name: "slmd",
            dependencies: ["Dialogue", "Entities", "Tokenizers", "Wire", .product(name: "Yams", package: "Yams")],
            sources: [
                "Settings/MappingReader.swift", "Settings/MappingReader+Names.swift",
                "Settings/MappingReader+Text.swift", "Settings/Places.swift", "Settings/Settings.swift",
                "Settings/SettingsError.swift", "Settings/SettingsFile.swift", "Settings/TasksFile.swift",
                "Settings/TasksFile+Queries.swift", "Settings/TasksFile+Slots.swift",
                "Settings/TasksFile+Tasks.swift", "Settings/TasksFile+Types.swift", "Settings/ZoneFiles.swift",
            ],
            swiftSettings: instrumented),
        .target(
            name: "FuzzChecks",
            dependencies: [
                "Dialogue", "Entities", "JSON", "Knowledge", "Learning", "ModelFiles", "Storage", "Tokenizers", "Wire", "slmd",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: instrumented),
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzChecks", "CFuzzer"],
            swiftSettings: instrumented + [.strictMemorySafety()], linkerSettings: linked),
    ],
    swiftLanguageModes: [.v6]
)
