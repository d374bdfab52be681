// Lengths of time.
extension TimeRules {
    static let durations: [TimeRule] = [
        TimeRule(.duration, "NUMBER -? UNIT") { $0.length($0.amount(0), $0.unit(1)) },
        TimeRule(.duration, "NUMBER ~ UNITLETTER") {
            $0.isCount(0) ? $0.length($0.amount(0), $0.unit(1)) : nil
        },
        TimeRule(.duration, "NUMBER h") { $0.isCount(0) ? $0.length($0.amount(0), .hour) : nil },
        TimeRule(.duration, "(a | an | another) UNIT") { $0.length(Number(1), $0.unit(0)) },
        TimeRule(.duration, "FEW UNIT") { $0.length($0.value(0).map { Number($0) }, $0.unit(1)) },
        TimeRule(.duration, "(all | whole | full) -? UNIT") {
            TimeUnit.decade.rawValue > $0.value(0) ?? 0 && $0.isSingular(0)
                ? $0.length(Number(1), $0.unit(0)) : nil
        },
        TimeRule(.duration, "the (hour | minute | second)") { $0.namedLength() },
        // one hour and a half
        TimeRule(.duration, "NUMBER UNIT and (a | an | one)? NUMBER") { $0.lengthAndPart(2) },
        TimeRule(.duration, "(a | an) UNIT and (a | an | one)? NUMBER") { $0.lengthAndPart(1) },
        TimeRule(.duration, "half (a | an)? UNIT") {
            $0.length(Number(1).divided(by: Number(2)), $0.unit(0))
        },
        TimeRule(.duration, "DURATION (, | and | , and)? DURATION") { $0.joinedLengths() },
        TimeRule(.duration, "(more | greater | longer) than DURATION") { $0.bounded(.more) },
        TimeRule(.duration, "(less | fewer | shorter) than DURATION") { $0.bounded(.less) },
    ]
}

extension TimeMatch {
    /// Whether the number is one that letters for units may follow: no word.
    func isCount(_ slot: Int) -> Bool { sentence[first].kind == .digits }

    func isSingular(_ slot: Int) -> Bool { !sentence.text(of: end - 1..<end).hasSuffix("s") }

    func length(_ amount: Number?, _ unit: TimeUnit?) -> TimeMeaning? {
        guard let amount, let unit, amount.double >= 0, amount.double < 1e9 else { return nil }
        // `$3 a day`, `at 5.3 h`
        if sentence.has("$", at: first - 1) { return nil }
        // `a second wave`, `three night markets`
        let isFollowed = after.kind == .word && after.hasSpaceBefore
        if unit == .second, ["a", "another"].contains(where: { isWord($0, at: first) }), isFollowed {
            return nil
        }
        if isWord("night", at: end - 1), amount.integer != 1 { return nil }
        return phrase(Length(amount, unit))
    }

    func phrase(_ length: Length) -> TimeMeaning {
        .phrase(
            TimePhrase(
                kind: .duration, readings: [.init(timex: .point(length.timex), start: nil)], length: length))
    }

    /// `the hour`
    func namedLength() -> TimeMeaning? {
        switch sentence.text(of: end - 1..<end).lowercased() {
        case "hour": phrase(Length(Number(1), .hour))
        default: nil
        }
    }

    func lengthAndPart(_ fraction: Int) -> TimeMeaning? {
        guard let part = amount(fraction), part.double > 0, part.double < 1,
            let unit = unit(fraction - 1)
        else { return nil }
        return length((fraction == 2 ? amount(0) : Number(1)).map { $0 + part }, unit)
    }

    /// The larger unit comes first.
    func joinedLengths() -> TimeMeaning? {
        guard let left = phrase(0), let right = phrase(1), left.modifier == nil, right.modifier == nil,
            let first = left.length, let second = right.length,
            first.smallest.seconds > second.components[0].unit.seconds
        else { return nil }
        return phrase(first.joined(with: second))
    }

    func bounded(_ modifier: TimeModifier) -> TimeMeaning? {
        guard var phrase = phrase(0), phrase.modifier == nil else { return nil }
        phrase.modifier = modifier
        return .phrase(phrase)
    }
}
