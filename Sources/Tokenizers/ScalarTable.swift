/// What becomes of one scalar in BERT's uncased normalisation and splitting.
enum ScalarAction {
    case letter
    case dropped
    /// Dropped too; marks on its two sides keep their places.
    case barrier
    case space
    /// A word of its own.
    case single
    /// A mark that stays, and moves before marks of higher classes.
    case mark(combiningClass: UInt8)
    case hangulSyllable
    /// Other scalars take its place: those of `ScalarTable.targets` from here, after their count.
    case mapped(Int)
}

/// The actions of all scalars, in blocks of 128, of which the alike are shared.
///
/// Some 120 kB, filled from `UnicodeTables` in about a millisecond.
struct ScalarTable: Sendable {
    static let uncased = ScalarTable()

    /// Counts and scalars, where `mapped` points.
    private(set) var targets: [UInt32] = []
    private var blocks = [UInt16](repeating: 0, count: 0x110000 >> 7)
    private var codes = [UInt16](repeating: Code.letter, count: 128)

    private enum Code {
        static let letter: UInt16 = 0
        static let dropped: UInt16 = 1
        static let barrier: UInt16 = 2
        static let space: UInt16 = 3
        static let single: UInt16 = 4
        static let hangulSyllable: UInt16 = 5
        static let mark: UInt16 = 0x100
        static let mapped: UInt16 = 0x200
    }

    subscript(scalar: UInt32) -> ScalarAction {
        let code = codes[Int(blocks[Int(scalar >> 7)]) << 7 | Int(scalar & 127)]
        switch code {
        case Code.letter: return .letter
        case Code.dropped: return .dropped
        case Code.barrier: return .barrier
        case Code.space: return .space
        case Code.single: return .single
        case Code.hangulSyllable: return .hangulSyllable
        case Code.mark..<Code.mapped: return .mark(combiningClass: UInt8(code - Code.mark))
        default: return .mapped(Int(code - Code.mapped))
        }
    }

    private init() {
        fill(UnicodeTables.dropped, Code.dropped)
        fill(UnicodeTables.barriers, Code.barrier)
        fill(UnicodeTables.spaces, Code.space)
        fill(UnicodeTables.punctuation, Code.single)
        fill(UnicodeTables.ideographs, Code.single)
        fill(0xAC00, 0xD7A3, Code.hangulSyllable)
        forEachRun(UnicodeTables.marks) { table, scalar, combiningClass in
            table.set(scalar, Code.mark + UInt16(combiningClass))
        }
        forEachRun(UnicodeTables.runs) { table, scalar, target in
            table.map(scalar, to: [target])
        }
        var rest = UnicodeTables.sequences[...]
        while let scalar = rest.popFirst(), let count = rest.popFirst() {
            map(scalar, to: rest.prefix(Int(count)))
            rest = rest.dropFirst(Int(count))
        }
    }

    private mutating func fill(_ ranges: [UInt32], _ code: UInt16) {
        for index in stride(from: 0, to: ranges.count, by: 2) { fill(ranges[index], ranges[index + 1], code) }
    }

    /// Whole blocks share one of their kind; the rest is set scalar by scalar.
    private mutating func fill(_ first: UInt32, _ last: UInt32, _ code: UInt16) {
        var (scalar, shared) = (first, UInt16?.none)
        while scalar <= last {
            if scalar & 127 == 0, last - scalar >= 127, blocks[Int(scalar >> 7)] == 0 {
                let block = shared ?? newBlock(of: code)
                shared = block
                blocks[Int(scalar >> 7)] = block
                scalar += 128
            } else {
                set(scalar, code)
                scalar += 1
            }
        }
    }

    private mutating func newBlock(of code: UInt16) -> UInt16 {
        codes.append(contentsOf: repeatElement(code, count: 128))
        return UInt16(codes.count >> 7 - 1)
    }

    private mutating func set(_ scalar: UInt32, _ code: UInt16) {
        if blocks[Int(scalar >> 7)] == 0 { blocks[Int(scalar >> 7)] = newBlock(of: Code.letter) }
        codes[Int(blocks[Int(scalar >> 7)]) << 7 | Int(scalar & 127)] = code
    }

    private mutating func map(_ scalar: UInt32, to scalars: some Collection<UInt32>) {
        set(scalar, Code.mapped + UInt16(targets.count))
        targets.append(UInt32(scalars.count))
        targets.append(contentsOf: scalars)
    }

    /// Runs are (first, last, step, target, target step).
    private mutating func forEachRun(_ runs: [UInt32], _ body: (inout Self, UInt32, UInt32) -> Void) {
        for index in stride(from: 0, to: runs.count, by: 5) {
            var target = runs[index + 3]
            for scalar in stride(from: runs[index], through: runs[index + 1], by: Int(runs[index + 2])) {
                body(&self, scalar, target)
                target += runs[index + 4]
            }
        }
    }
}
