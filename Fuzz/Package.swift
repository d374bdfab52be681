// swift-tools-version: 6.2
import PackageDescription

// The rooms under test are links into ../Sources, so that they, and nothing else, are instrumented.
let instrumented: [SwiftSetting] = [
    .unsafeFlags(["-sanitize=fuzzer"]),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
]
// gold, the default, fails on the debug information of instrumented code
let linked: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]

let package = Package(
    name: "Fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1")
    ],
    targets: [
        .target(
            name: "ModelFiles",
            dependencies: [.product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: instrumented),
        .target(name: "Tokenizers", dependencies: ["ModelFiles"], swiftSettings: instrumented),
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "fuzz-safetensors", dependencies: ["ModelFiles", "CFuzzer"], swiftSettings: instrumented,
            linkerSettings: linked),
        .executableTarget(
            name: "fuzz-tokenizer", dependencies: ["Tokenizers", "CFuzzer"], swiftSettings: instrumented,
            linkerSettings: linked),
    ],
    swiftLanguageModes: [.v6]
)
