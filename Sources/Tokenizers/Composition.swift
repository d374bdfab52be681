internal import Foundation

/// Letters and their marks put together: Unicode's normalisation form C, in parts, since the time that the library takes for one
/// text grows with the square of its length.
enum Composition {
    /// No scalar that begins with a lower byte, below U+0300, is changed or joined to one before it.
    static let firstByte: UInt8 = 0xCC

    /// Scalars of a part, where a text may be cut.
    private static let longPart = 64
    /// Marks in a row that the library is left to put in order.
    private static let longRow = 30

    /// - Complexity: O(n log n) for n bytes.
    static func composed(_ text: [UInt8]) -> [UInt8] {
        var composed: [UInt8] = []
        composed.reserveCapacity(text.count)
        var part = String.UnicodeScalarView()
        var (count, marks) = (0, 0)
        func finish() {
            if marks > longRow { sortMarks(&part) }
            composed += String(part).precomposedStringWithCanonicalMapping.utf8
            part.removeAll(keepingCapacity: true)
            (count, marks) = (0, 0)
        }
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            let isMark = mayJoin(scalar)
            if !isMark, count >= longPart || marks > longRow { finish() }
            part.append(scalar)
            count += 1
            marks = isMark ? marks + 1 : 0
        }
        finish()
        return composed
    }

    /// Whether a scalar may be joined to one before it, or change places with it.
    private static func mayJoin(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: (0x1160...0x11FF).contains(scalar.value)  // vowels and finals of Hangul
        }
    }

    /// Puts marks in a row in their canonical order: stably by class, between those of class 0.
    private static func sortMarks(_ part: inout String.UnicodeScalarView) {
        var sorted = String.UnicodeScalarView()
        var row: [Unicode.Scalar] = []
        func finish() {
            let classes = row.map(\.properties.canonicalCombiningClass.rawValue)
            // The sort of the library is stable only in fact.
            let places = row.indices.sorted { (classes[$0], $0) < (classes[$1], $1) }
            sorted.append(contentsOf: places.map { row[$0] })
            row.removeAll(keepingCapacity: true)
        }
        for scalar in part {
            if scalar.properties.canonicalCombiningClass == .notReordered {
                finish()
                sorted.append(scalar)
            } else {
                row.append(scalar)
            }
        }
        finish()
        part = sorted
    }
}
