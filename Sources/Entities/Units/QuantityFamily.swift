/// Quantities with a unit: `1/4 mile`, `5 feet 2 inches`, `100 MB`.
struct QuantityFamily: Sendable {
    private let units: UnitFamily
    private let angleWords: WordSet
    private let and, `in`: WordID

    init(_ lexicon: inout Lexicon) {
        units = UnitFamily(
            .quantity, DimensionUnits.all, neverAlone: DimensionUnits.neverAlone, &lexicon)
        angleWords = WordSet(DimensionUnits.angleWords, &lexicon)
        and = lexicon.add("and")
        `in` = lexicon.add("in")
    }

    func quantities(in sentence: Sentence, _ amounts: Amounts) -> [Entity] {
        var measures = joined(units.measures(in: sentence, amounts), in: sentence).map {
            withInches($0, in: sentence, amounts)
        }
        if !sentence.speaksOfAngles(angleWords) { measures.removeAll { $0.unit.name == "Degree" } }
        return units.entities(measures + heights(in: sentence), in: sentence)
    }

    /// Feet and inches by their marks: `5'11"`.
    private func heights(in sentence: Sentence) -> [UnitFamily.Measure] {
        (0..<sentence.count).compactMap { index in
            let (feet, inches) = (sentence[index], sentence[index + 2])
            guard feet.kind == .digits, inches.kind == .digits, (1...2).contains(feet.count),
                inches.count <= 2,
                (0..<12).contains(inches.value), sentence.isAdjacent(index + 1),
                sentence.isAdjacent(index + 2),
                sentence.isMark(of: ["'", "’", "′"], at: index + 1), !sentence.isInsideCode(index)
            else { return nil }
            let end = index + 3
            let isMarked = sentence.isAdjacent(end) && sentence.isMark(of: ["\"", "”", "″"], at: end)
            guard isMarked || !sentence.goesOn(after: end),
                let share = Number(inches.value).divided(by: Number(12))
            else { return nil }
            return UnitFamily.Measure(
                tokens: index..<(isMarked ? end + 1 : end), value: Number(feet.value) + share,
                unit: Unit(name: "Foot", dimension: "Length"))
        }
    }

    /// Joins a measure with what follows it in a smaller unit: the value is in the greater.
    private func joined(_ measures: [UnitFamily.Measure], in sentence: Sentence) -> [UnitFamily.Measure] {
        var result: [UnitFamily.Measure] = []
        for measure in measures {
            guard var last = result.last, let whole = last.value, let part = measure.value,
                let scale = DimensionUnits.parts.first(where: {
                    $0.whole == last.unit.name && $0.part == measure.unit.name
                }), part < Number(scale.count),
                follows(last.tokens.upperBound, measure.tokens.lowerBound, in: sentence),
                let share = part.divided(by: Number(scale.count))
            else {
                result.append(measure)
                continue
            }
            last.value = whole + share
            last.tokens = last.tokens.lowerBound..<measure.tokens.upperBound
            result[result.count - 1] = last
        }
        return result
    }

    /// `5 ft 2 in`: after feet alone `in` is a unit.
    private func withInches(
        _ feet: UnitFamily.Measure, in sentence: Sentence, _ amounts: Amounts
    ) -> UnitFamily.Measure {
        let end = feet.tokens.upperBound
        let start = sentence[end].word == and ? end + 1 : end
        guard feet.unit.name == "Foot", let whole = feet.value, let inches = amounts[startingAt: start],
            inches.value < Number(12), sentence[inches.tokens.upperBound].word == `in`,
            let share = inches.value.divided(by: Number(12))
        else { return feet }
        var joined = feet
        joined.value = whole + share
        joined.tokens = feet.tokens.lowerBound..<inches.tokens.upperBound + 1
        return joined
    }

    private func follows(_ end: Int, _ start: Int, in sentence: Sentence) -> Bool {
        start == end || start == end + 1 && (sentence[end].word == and || sentence.has(",", at: end))
    }
}

extension Sentence {
    /// Whether the token at `index` is one of these, a scalar each.
    fileprivate func isMark(of marks: [String], at index: Int) -> Bool {
        let token = self[index]
        guard token.kind == .punctuation || token.kind == .symbol else { return false }
        return marks.contains { bytes[token.start..<token.end].elementsEqual($0.utf8) }
    }

    func speaksOfAngles(_ words: WordSet) -> Bool {
        (0..<count).contains { words.contains(self[$0]) }
    }
}

/// Degrees of heat: `98.6 degrees F`, `-5 °C`, `celsius`.
struct TemperatureFamily: Sendable {
    private let units: UnitFamily
    private let angleWords: WordSet

    init(_ lexicon: inout Lexicon) {
        units = UnitFamily(.temperature, TemperatureUnits.all, neverAlone: ["Degree"], &lexicon)
        angleWords = WordSet(DimensionUnits.angleWords, &lexicon)
    }

    func temperatures(in sentence: Sentence, _ amounts: Amounts) -> [Entity] {
        var measures = units.measures(in: sentence, amounts)
        if sentence.speaksOfAngles(angleWords) { measures.removeAll { $0.unit.name == "Degree" } }
        return units.entities(measures, in: sentence)
    }
}
