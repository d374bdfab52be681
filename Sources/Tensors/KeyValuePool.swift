import CKernels
import Synchronization

/// Room for the keys and values of sequences, in pages of `pageWidth` positions that each hold all layers. In int8 they are
/// halves, in fp32 single-precision numbers. Sequences that begin alike share pages.
@safe public final class KeyValuePool: @unchecked Sendable {
    // @unchecked: a page belongs to the sequences that hold it; nobody writes one that several hold.

    public struct Shape: Sendable, Hashable {
        public var layers: Int
        /// Heads of keys, and of values.
        public var heads: Int
        /// A multiple of 16.
        public var headWidth: Int

        public init(layers: Int, heads: Int, headWidth: Int) {
            self.layers = layers
            self.heads = heads
            self.headWidth = headWidth
        }
    }

    private struct State {
        /// By page: the sequences that hold it.
        var holders: [Int32]
        /// Those that nobody holds, the next to be taken last.
        var free: [Int32]
    }

    /// Positions of a page.
    public static let pageWidth = Int(SLMD_PAGE)

    public let shape: Shape
    public let precision: Linear.Precision
    /// Pages there are.
    public let count: Int
    private let storage: AlignedStorage<UInt8>
    private let state: Mutex<State>

    /// Room that takes no memory before it is written.
    public init(_ shape: Shape, pages: Int, precision: Linear.Precision) {
        precondition(shape.headWidth.isMultiple(of: laneCount), "pages: heads of \(shape.headWidth)")
        self.shape = shape
        self.precision = precision
        count = pages
        storage = AlignedStorage(count: pages * Self.pageBytes(shape, precision))
        state = Mutex(
            State(holders: Array(repeating: 0, count: pages), free: (0..<Int32(pages)).reversed()))
    }

    /// Pages for so many positions.
    public static func pages(for positions: Int) -> Int { roundedUp(positions, to: pageWidth) / pageWidth }

    /// Bytes of the keys, or of the values, of a layer in a page.
    private static func partBytes(_ shape: Shape, _ precision: Linear.Precision) -> Int {
        shape.heads * shape.headWidth * pageWidth * (precision == .int8 ? 2 : 4)
    }

    public static func pageBytes(_ shape: Shape, _ precision: Linear.Precision) -> Int {
        2 * shape.layers * partBytes(shape, precision)
    }

    public var pageBytes: Int { Self.pageBytes(shape, precision) }

    /// Pages that some sequence holds.
    public var held: Int { state.withLock { count - $0.free.count } }

    /// Pages that some of these sequences hold, each counted once.
    ///
    /// - Complexity: O(pages).
    public func held(by sequences: some Sequence<KeyValuePages>) -> Int {
        var isHeld = [Bool](repeating: false, count: count)
        var held = 0
        for sequence in sequences {
            for page in sequence.pages where !isHeld[Int(page)] {
                isHeld[Int(page)] = true
                held += 1
            }
        }
        return held
    }

    /// From a page's start to the layer's keys, and to its values.
    func offsets(_ layer: Int) -> (keys: Int, values: Int) {
        precondition((0..<shape.layers).contains(layer), "pages: layer \(layer) of \(shape.layers)")
        let part = Self.partBytes(shape, precision)
        return (2 * layer * part, (2 * layer + 1) * part)
    }

    @unsafe func start(_ page: Int32) -> UnsafeMutablePointer<UInt8> {
        unsafe storage.start + Int(page) * pageBytes
    }

    // MARK: For sequences. Each allocates nothing.

    /// A page that nobody held; nil when all are held.
    func take() -> Int32? {
        state.withLock { state in
            guard let page = state.free.popLast() else { return nil }
            state.holders[Int(page)] = 1
            return page
        }
    }

    /// One more sequence holds the page.
    func share(_ page: Int32) {
        state.withLock { $0.holders[Int(page)] += 1 }
    }

    /// One sequence less holds it.
    func giveBack(_ page: Int32) {
        state.withLock { state in
            state.holders[Int(page)] -= 1
            if state.holders[Int(page)] == 0 { state.free.append(page) }
        }
    }

    func isShared(_ page: Int32) -> Bool {
        state.withLock { $0.holders[Int(page)] > 1 }
    }

    func copy(_ page: Int32, to other: Int32) {
        unsafe start(other).update(from: start(page), count: pageBytes)
    }
}
