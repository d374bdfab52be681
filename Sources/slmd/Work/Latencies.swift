import Histogram
import Synchronization
import Wire

/// How long each method has taken, from the frame read to the answer written.
final class Latencies: Sendable {
    private static let longest: UInt64 = 3_600_000_000
    private let histograms = Mutex<[Wire.Method: Histogram<UInt32>]>([:])

    /// - Complexity: O(1), a few ns and no allocation after a method's first.
    func record(_ elapsed: Duration, of method: Wire.Method) {
        let microseconds = UInt64(clamping: Int(elapsed / .microseconds(1)))
        histograms.withLock { histograms in
            _ = histograms[method, default: Self.empty].record(min(microseconds, Self.longest))
        }
    }

    /// By method name; milliseconds within 1 %.
    var summary: [String: LatencyStatus] {
        let histograms = histograms.withLock { $0 }
        let pairs = histograms.map { ($0.key.rawValue, LatencyStatus($0.value)) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    private static var empty: Histogram<UInt32> {
        Histogram(highestTrackableValue: longest, numberOfSignificantValueDigits: .two)
    }
}

extension LatencyStatus {
    fileprivate init(_ histogram: Histogram<UInt32>) {
        self.init(
            count: Int(histogram.totalCount),
            p50Milliseconds: Double(histogram.valueAtPercentile(50)) / 1000,
            p99Milliseconds: Double(histogram.valueAtPercentile(99)) / 1000,
            maxMilliseconds: Double(histogram.max) / 1000)
    }
}
