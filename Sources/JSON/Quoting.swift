extension StringProtocol {
    /// What a message quotes of a text: all of it, or its beginning with an ellipsis.
    ///
    /// - Parameter most: in Unicode scalars: a letter may have any number of marks.
    /// - Complexity: O(most).
    public func cut(to most: Int) -> String {
        let end = unicodeScalars.prefix(most).endIndex
        return end == endIndex ? String(self) : "\(self[..<end])…"
    }
}
