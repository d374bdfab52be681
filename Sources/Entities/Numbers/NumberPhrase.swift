/// A number found in a sentence.
struct NumberPhrase: Sendable {
    var value: Number
    /// The token after it.
    var end: Int
    var form: NumberForm
    /// Written in digits alone, with no word and no suffix.
    var isDigits = false
    /// What the last multiplier was worth: 1,000,000 in `3 million`; 1 where there is none.
    var multiplier = 1

    /// A decimal that a multiplier made whole is an integer.
    mutating func settleForm() {
        if form == .decimal, value.integer != nil { form = .integer }
    }
}
