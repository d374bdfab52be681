/// Something in a sentence that is either in what it was given or invented.
public struct Fact: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// A number without a unit, or a rank.
        case number
        /// A number with its unit: money, a share, a length, a temperature, an age.
        case amount
        /// A date, a time of day, a range of them or a duration.
        case time
        /// An e-mail address, URL, telephone number, IP address, GUID, hashtag or mention.
        case address
        /// A proper name, or a code of letters and digits.
        case name
        /// That the sentence says so where its closest sentence of the context denies it, or the other way round.
        case polarity
    }

    public let kind: Kind
    /// As the sentence has it.
    public let text: String
    /// Where it stands in the sentence, in bytes of UTF-8.
    public let span: Range<Int>
}
