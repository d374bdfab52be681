// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "slmd",
    products: [
        .executable(name: "slmd", targets: ["slmd"]),
        .executable(name: "slmctl", targets: ["slmctl"]),
        .library(name: "SLMClient", targets: ["SLMClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Numbers
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CGlibc"),
        .systemLibrary(
            name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "Tensors", dependencies: ["CKernels", "COpenBLAS"]),

        // Text to vectors
        .target(
            name: "ModelFiles",
            dependencies: ["JSON", "Tensors", .product(name: "SystemPackage", package: "swift-system")]),
        .target(
            name: "Tokenizers",
            dependencies: ["JSON", "ModelFiles", .product(name: "HeapModule", package: "swift-collections")]),
        .target(
            name: "Transformers",
            dependencies: [
                "JSON", "Tensors", "ModelFiles", "Tokenizers", "CKernels",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "Generation", dependencies: ["Tensors", "ModelFiles", "Tokenizers", "Transformers"]),

        // Vectors to intents, and what is kept
        .target(
            name: "Learning",
            dependencies: [
                "CKernels", "Tensors",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "Storage",
            dependencies: [
                "CZstd", "JSON", "Knowledge", "Learning",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "Assistant",
            dependencies: [
                "CGlibc", "CSV", "Dialogue", "Entities", "Grounding", "JSON", "Knowledge", "Tensors",
                "ModelFiles",
                "Tokenizers",
                "Transformers",
                "Learning", "Storage",
                .product(name: "Logging", package: "swift-log"),
            ]),

        // Text to entities
        .target(name: "Entities"),

        // Documents to passages
        .target(name: "Knowledge", dependencies: ["CKernels", "CSV", "JSON", "Tensors"]),

        // Replies to what supports them
        .target(name: "Grounding", dependencies: ["Entities", "Knowledge", "Tensors"]),

        // Turns to decisions
        .target(name: "Dialogue"),

        // Formats of text
        .target(name: "CSV"),
        .target(name: "JSON"),

        // On the wire
        .target(name: "Wire", dependencies: ["JSON"]),
        .target(name: "SLMClient", dependencies: ["Wire"]),
        .target(name: "Systemd", dependencies: ["CSystemd"]),
        .executableTarget(
            name: "slmd",
            dependencies: [
                "Assistant", "CGlibc", "Dialogue", "Entities", "Generation", "JSON", "Knowledge", "Systemd",
                "Tensors",
                "Tokenizers", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(
            name: "slmctl",
            dependencies: [
                "CGlibc", "CSV", "JSON", "SLMClient", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Counts what tests and figures allocate.
        .target(name: "CAllocations", path: "Tests/CAllocations"),

        // Figures
        .executableTarget(
            name: "slmd-bench",
            dependencies: [
                "Assistant", "CAllocations", "Dialogue", "Entities", "Generation", "Grounding", "JSON",
                "Knowledge", "Learning", "ModelFiles", "SLMClient", "Storage", "Tensors", "Tokenizers",
                "Transformers",
                "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Benchmarks/slmd-bench"),

        // Killed by Tests/Torture/run
        .executableTarget(
            name: "slmd-torture",
            dependencies: [
                "Assistant", "Knowledge", "Tensors", "Tokenizers", "Transformers",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Torture/slmd-torture"),

        .testTarget(name: "DialogueTests", dependencies: ["Dialogue"]),
        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
        .testTarget(
            name: "GroundingTests", dependencies: ["Entities", "Grounding", "ModelFiles", "Tensors"]),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "CKernels", "CAllocations"]),
        .testTarget(
            name: "ModelFilesTests",
            dependencies: [
                "ModelFiles", "Tensors", .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["Blocks", "make_blocks.py"]),
        .testTarget(
            name: "TokenizersTests",
            dependencies: ["JSON", "Tokenizers", "ModelFiles"],
            exclude: [
                "BytePair", "SentencePiece", "compare_reference.py", "make_bpe_cases.py",
                "make_piece_cases.py",
                "make_unicode_tables.py",
            ]),
        .testTarget(
            name: "TransformersTests",
            dependencies: ["JSON", "Transformers", "Tensors", "ModelFiles", "Tokenizers"],
            exclude: ["Goldens"]),
        .testTarget(
            name: "GenerationTests",
            dependencies: ["Generation", "ModelFiles", "Tensors", "Tokenizers", "Transformers"]),
        .testTarget(name: "LearningTests", dependencies: ["Learning", "CKernels"]),
        .testTarget(name: "KnowledgeTests", dependencies: ["Knowledge", "Tensors"]),
        .testTarget(name: "EntitiesTests", dependencies: ["Entities"], exclude: ["ratchet.json"]),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Storage", "Knowledge", "Learning",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "AssistantTests",
            dependencies: [
                "Assistant", "Dialogue", "Entities", "Grounding", "Knowledge", "Learning", "Storage",
                "Tensors", "Tokenizers", "Transformers",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Formats", "make_formats.py"]),
        .testTarget(name: "WireTests", dependencies: ["JSON", "Wire", "SLMClient"]),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "slmd", "Assistant", "Dialogue", "Entities", "Generation", "JSON", "Knowledge", "SLMClient",
                "Storage", "Systemd",
                "Tensors", "Tokenizers", "Wire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "Dialogue", "Entities", "JSON", "Knowledge", "Learning", "ModelFiles", "Storage", "Tensors",
                "Tokenizers",
                "Wire", "slmd",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .testTarget(name: "ClientTests", dependencies: ["JSON", "slmctl", "SLMClient", "Wire"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where ![.system, .plugin, .binary].contains(target.type) {
    var settings: [SwiftSetting] = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
    if target.type != .test { settings.append(.strictMemorySafety()) }
    target.swiftSettings = (target.swiftSettings ?? []) + settings
}
