/// Words that a full stop follows without ending a sentence.
enum Abbreviations {
    /// In bytes; nothing longer is looked at.
    static let longest = 24

    /// A name or more of the sentence always follows.
    static let beforeNames: Set<String> = [
        "mr", "mrs", "ms", "mx", "dr", "prof", "rev", "hon", "st", "mt", "ft", "gen", "col", "maj", "capt",
        "cmdr",
        "lt", "sgt", "cpl", "pvt", "gov", "sen", "rep", "pres", "supt", "messrs", "mme", "mlle", "sra",
        "srta",
        "fr", "hr", "frau", "e.g", "i.e", "eg", "ie", "cf", "vs", "viz", "approx", "ca", "resp", "incl",
        "excl",
        "z.b", "d.h", "bzw",
    ]

    /// A number follows, or the word is another one ("No." is an answer).
    static let beforeNumbers: Set<String> = [
        "no", "nos", "nr", "fig", "figs", "eq", "eqs", "sec", "ch", "chap", "vol", "vols", "p", "pp", "art",
        "par",
        "tab", "ex", "ed", "v", "ver", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct",
        "nov",
        "dec",
    ]

    /// May also be the last word of a sentence: what follows tells.
    static let anywhere: Set<String> = [
        "jr", "sr", "inc", "ltd", "co", "corp", "bros", "dept", "est", "univ", "assn", "ave", "blvd", "rd",
        "al",
        "ph", "tel", "ext", "min", "max", "avg", "std",
    ]

    /// Words that begin sentences and, capitalised, hardly stand inside one.
    static let starters: Set<String> = [
        "A", "After", "All", "Although", "An", "And", "Any", "Are", "As", "At", "Because", "Before", "Both",
        "But",
        "By", "Can", "Did", "Do", "Does", "During", "Each", "Every", "For", "From", "He", "Her", "Here",
        "His",
        "How", "However", "I", "If", "In", "Is", "It", "Its", "Many", "May", "Most", "My", "No", "Not", "Now",
        "On",
        "Once", "One", "Or", "Our", "She", "Since", "So", "Some", "Such", "That", "The", "Their", "Then",
        "There",
        "These", "They", "This", "Those", "Though", "To", "Under", "Until", "We", "Were", "What", "When",
        "Where",
        "Which", "While", "Who", "Why", "Will", "With", "You", "Your",
    ]
}
