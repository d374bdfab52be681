import CFuzzer
import ModelFiles

/// Any bytes are either refused with an error, or a header whose tensors lie in the file one after the other.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSafetensors(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
    // any error will do, here and below: only a crash, a hang or a broken promise is a finding
    _ = try? unsafe JSONValue(parsing: Array(bytes))
    guard let header = try? unsafe SafetensorsHeader(parsing: UnsafeRawBufferPointer(bytes).bytes) else {
        return 0
    }
    var covered = 0
    for (name, tensor) in header.tensors {
        precondition(tensor.bytes.lowerBound >= 8 && tensor.bytes.upperBound <= count, "\(name) lies outside")
        precondition(
            tensor.bytes.count == tensor.shape.reduce(tensor.type.byteCount, *), "\(name) has the wrong size")
        covered += tensor.bytes.count
    }
    let dataStart = header.tensors.values.map(\.bytes.lowerBound).min() ?? count
    precondition(covered == count - dataStart, "bytes are covered twice or not at all")
    return 0
}

@main
struct FuzzSafetensors {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
        let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { unsafe fuzzSafetensors($0, $1) }
        precondition(status == 0, "libFuzzer ended with \(status)")
    }
}
