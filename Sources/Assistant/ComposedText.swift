internal import Foundation

extension String {
    /// In Unicode's normal form C. Strings are equal whatever their form, files and databases compare bytes: names that have
    /// this form are equal to both alike.
    ///
    /// - Complexity: O(length).
    var composed: String {
        utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping
    }

    /// Whether it has that form.
    var isComposed: Bool { utf8.elementsEqual(composed.utf8) }
}
