internal import Tensors

/// The vectors of all texts in memory, which a search compares with a query one by one.
///
/// A text whose vector is not yet made is in it too, and found by its words. Of a vector of all-MiniLM-L6-v2 a text takes 384
/// bytes, and some 30 more.
public struct VectorIndex: ~Copyable {
    /// Of each vector.
    public let width: Int
    /// Bytes of a vector in a block.
    let stride: Int
    /// Texts in rising order, and where each is.
    private(set) var texts: [TextID] = []
    private(set) var slots: [Int32] = []
    /// Slots of texts that are gone.
    private var free: [Int32] = []
    private(set) var blocks: [VectorBlock] = []
    /// Of each slot: its text, and the number of the audience.
    private(set) var textsOfSlots: [TextID] = []
    private(set) var audiencesOfSlots: [Int32] = []
    private(set) var audiences: [Audience] = []
    /// Texts of each audience.
    private(set) var counts: [Int] = []
    private var numbers: [Audience: Int32] = [:]

    /// - Parameter width: values of a vector; more than 0.
    public init(width: Int) {
        precondition(width > 0, "vectors of \(width) values")
        self.width = width
        stride = roundedUp(width, to: VectorBlock.step)
    }

    /// How many texts it has.
    public var count: Int { texts.count }

    /// Adds a text, or replaces what it had.
    ///
    /// - Parameter vector: nil while there is none.
    /// - Complexity: O(1) for a text above all others, as new ones are; else O(texts) moves of 12 bytes.
    public mutating func insert(_ text: TextID, for audience: Audience, _ vector: QuantisedVector?) {
        precondition(
            vector.map { $0.values.count == width } ?? true, "a vector of another width than \(width)")
        let number = number(of: audience)
        let place = place(of: text)
        let slot: Int
        if place < texts.count, texts[place] == text {
            slot = Int(slots[place])
            counts[Int(audiencesOfSlots[slot])] -= 1
        } else {
            slot = takeSlot()
            texts.insert(text, at: place)
            slots.insert(Int32(slot), at: place)
        }
        counts[Int(number)] += 1
        textsOfSlots[slot] = text
        audiencesOfSlots[slot] = number
        blocks[slot / VectorBlock.capacity].put(vector, in: slot % VectorBlock.capacity)
    }

    /// Does nothing with a text that it does not have.
    ///
    /// - Complexity: O(texts) moves of 12 bytes.
    public mutating func remove(_ text: TextID) {
        let place = place(of: text)
        guard place < texts.count, texts[place] == text else { return }
        let slot = slots.remove(at: place)
        texts.remove(at: place)
        free.append(slot)
        counts[Int(audiencesOfSlots[Int(slot)])] -= 1
    }

    public mutating func removeAll() {
        self = VectorIndex(width: width)
    }

    /// Where `text` is or belongs, at or behind `start`: quick where that is near.
    func place(of text: TextID, from start: Int = 0) -> Int {
        if start == 0, let last = texts.last, last < text { return texts.count }
        var (low, step) = (start, 1)
        while low + step <= texts.count, texts[low + step - 1] < text {
            low += step
            step *= 2
        }
        var high = min(low + step - 1, texts.count)
        while low < high {
            let middle = (low + high) / 2
            if texts[middle] < text { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func number(of audience: Audience) -> Int32 {
        if let number = numbers[audience] { return number }
        let number = Int32(audiences.count)
        audiences.append(audience)
        counts.append(0)
        numbers[audience] = number
        return number
    }

    private mutating func takeSlot() -> Int {
        if let slot = free.popLast() { return Int(slot) }
        let slot = textsOfSlots.count
        if slot / VectorBlock.capacity == blocks.count { blocks.append(VectorBlock(stride: stride)) }
        textsOfSlots.append(TextID(rawValue: 0))
        audiencesOfSlots.append(0)
        return slot
    }
}

/// Some thousand vectors.
@safe final class VectorBlock: @unchecked Sendable {
    // @unchecked: written by the index that owns it alone, and read during its searches.
    static let capacity = 4096
    static let step = 64

    private let stride: Int
    private let values: AlignedStorage<UInt8>
    private let scales = AlignedStorage<Float>(count: capacity)

    /// - Parameter stride: bytes from a vector to the next, a multiple of `step`.
    init(stride: Int) {
        self.stride = stride
        values = AlignedStorage(count: Self.capacity * stride)
    }

    func put(_ vector: QuantisedVector?, in row: Int) {
        precondition((0..<Self.capacity).contains(row), "row \(row) of a block")
        unsafe scales.start[row] = vector?.scale ?? 0
        for (column, value) in (vector?.values ?? []).enumerated() {
            unsafe values.start[row * stride + column] = UInt8(bitPattern: value) ^ 0x80
        }
    }

    /// The products of rows with a query, into the first of `buffer.scores`.
    func compare(_ query: VectorQuery, _ rows: Range<Int>, into buffer: ScoreBuffer) {
        precondition(
            (0...Self.capacity).contains(rows.upperBound) && rows.lowerBound >= 0
                && rows.count <= ScoreBuffer.capacity && query.values.count == stride,
            "rows \(rows) of a block")
        unsafe query.kernels.dots(
            values.start + rows.lowerBound * stride, width: stride, count: rows.count, query.values.start,
            into: buffer.sums.start)
        for index in 0..<rows.count {
            let scale = unsafe scales.start[rows.lowerBound + index] * query.scale
            unsafe buffer.scores.start[index] = Float(buffer.sums.start[index]) * scale
        }
    }
}
