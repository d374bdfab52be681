import CFuzzer
@testable import FuzzChecks

/// `fuzz TARGET OPTIONS`: libFuzzer with the check of one target; the options are libFuzzer's.
@main
enum Fuzz {
    static func main() {
        guard CommandLine.argc > 1, let chosen = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")
            fatalError("usage: fuzz \(names) OPTIONS")
        }
        unsafe target = chosen
        // The name of the target becomes the name of the program.
        var count = CommandLine.argc - 1
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv + 1
        let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { unsafe fuzz($0, $1) }
        precondition(status == 0, "libFuzzer ended with \(status)")
    }
}

// libFuzzer calls back without a context; set once, before it runs.
nonisolated(unsafe) private var target = FuzzTarget.safetensors

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        unsafe try target.check(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
        fatalError("\(error)")
    }
    return 0
}
