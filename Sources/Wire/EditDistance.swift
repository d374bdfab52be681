/// How far apart two words are, for what a user may have meant.
public enum EditDistance {
    /// Levenshtein's: letters to insert, drop or exchange. Complexity: O(n · m).
    public static func between(_ source: String, _ target: String) -> Int {
        let target = Array(target)
        var row = Array(0...target.count)
        for (i, letter) in source.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in target.indices {
                let substituted = diagonal + (letter == target[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[target.count]
    }
}
