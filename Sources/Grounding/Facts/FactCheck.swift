public import Entities

/// Tells which facts of a reply's sentence are not in what it was given.
///
/// It is built once for a context; each sentence of a reply is then checked by itself, so a reply can be checked while it
/// streams. A fact is a number, an amount with its unit, a date or time, an address, or a proper name. They are
/// compared by what they mean: `13.4 g/dl` is `13.4 g/dL`, `two` is `2`, `1,000` is `1000`, `yesterday` is its date at
/// the session's clock, `CURIE'S` is `Curie`. A number also has to stand with its own label where the context labels
/// numbers: of `Hemoglobin 13.4, Glucose 5.1` it does not follow that glucose is 13.4.
public struct FactCheck: Sendable {
    private let reader: FactReader
    private let context: ContextFacts

    /// Words of a sentence that a sentence of the context must have, for their denials to be compared: 60 %.
    private static let alike = 0.6

    private static let clauseEnds: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":")]
    private static let joints: Set<String> = ["and", "but", "while", "whereas", "or"]

    /// - Parameters:
    ///   - passages: the passages and records that the reply was given.
    ///   - said: what the user said: it may be repeated.
    ///   - reference: the session's clock, at which `yesterday` is a date.
    /// - Note: Of a passage no more than `EntityRecognizer.longestText` bytes are read for entities; what stands behind
    ///   is held to be invented.
    /// - Complexity: O(bytes).
    public init(
        passages: [String], said: [String], at reference: ReferenceTime,
        recognizer: EntityRecognizer = EntityRecognizer()
    ) {
        reader = FactReader(recognizer: recognizer, reference: reference)
        var context = ContextFacts()
        for text in passages { context.add(passage: text, reader) }
        for text in said { context.add(said: text, reader) }
        self.context = context
    }

    /// The facts of a sentence, in its order, each with whether the context has it.
    public func facts(in sentence: String) -> [(fact: Fact, isSupported: Bool)] {
        let bytes = Array(sentence.utf8)
        let words = Word.words(of: sentence)
        let values = reader.values(in: sentence, words)
        let whole = Statement(values: values, words: words.outside(values))
        let clauses = Statement.cut(whole, bytes, at: Self.clauseEnds, joints: Self.joints)
        var facts: [(Fact, Bool)] = []
        for (index, clause) in clauses.enumerated() {
            for value in clause.values where FactReader.claims(value, words: words) {
                let stands = has(value, words) && isOwn(value, clauses, index) && counts(value, clause, words)
                facts.append((Fact(value), stands))
            }
        }
        facts += NamesOfSentence(whole.words, bytes).facts(in: context)
        if let denial = denial(in: whole, bytes) { facts.append((denial, false)) }
        return facts.sorted { $0.0.span.lowerBound < $1.0.span.lowerBound }
    }

    /// The facts of a sentence that the context does not have.
    public func unsupported(in sentence: String) -> [Fact] {
        facts(in: sentence).filter { !$0.isSupported }.map(\.fact)
    }

    /// How many facts of a sentence a text has by itself.
    func held(of sentence: String, by text: String) -> Int {
        let alone = FactCheck(
            passages: [text], said: [], at: reader.reference, recognizer: reader.recognizer)
        return alone.facts(in: sentence).count { $0.isSupported }
    }

    /// Stems of the words of a sentence that carry a subject, without those of its values.
    func subjects(of sentence: String) -> Set<String> {
        let words = Word.words(of: sentence)
        return Statement(values: [], words: words.outside(reader.values(in: sentence, words))).subjects
    }

    // MARK: Values

    private func has(_ found: FactReader.Found, _ words: [Word]) -> Bool {
        guard let value = found.value else { return false }
        if case .numbers(let numbers) = value {
            return numbers.allSatisfy { number in context.values.contains { $0.numbers.contains(number) } }
        }
        if context.values.contains(where: { value.follows(from: $0) }) { return true }
        switch value {
        case .time, .address: return context.hasRun(words.filter { found.span.overlaps($0.span) })
        case .amount(let number, _): return hasApart(number, found, words)
        default: return false
        }
    }

    /// Whether a record has the number in one place and the unit in another: `value: 13.4, unit: g/dL`.
    private func hasApart(_ number: String, _ found: FactReader.Found, _ words: [Word]) -> Bool {
        let unit = words.filter { found.span.overlaps($0.span) && !$0.hasDigit }
        guard !unit.isEmpty else { return false }
        return context.parts.contains { part in
            part.values.contains(.number(number))
                && unit.allSatisfy { !$0.forms.isDisjoint(with: part.words) }
        }
    }

    /// Whether a value stands with its own label and name, where the context tells labels and names.
    private func isOwn(_ found: FactReader.Found, _ clauses: [Statement], _ index: Int) -> Bool {
        guard let value = found.value else { return false }
        return hasOwnLabel(value, clauses, index) && hasOwnName(value, clauses[index])
    }

    /// The nearest clause with a label, from the value's own backwards, decides.
    private func hasOwnLabel(_ value: FactValue, _ clauses: [Statement], _ index: Int) -> Bool {
        let own = context.records.filter { $0.values.contains { value.follows(from: $0) } }
        guard !own.isEmpty, own.count < context.records.count else { return true }
        let labels = own.reduce(into: Set<String>()) { $0.formUnion($1.labels) }
        let others = context.records.filter { record in
            record.values.contains { $0.isLike(value) } && !record.values.contains { value.follows(from: $0) }
        }
        .reduce(into: Set<String>()) { $0.formUnion($1.labels) }.subtracting(labels)
        for clause in clauses[...index].reversed() {
            if !clause.subjects.isDisjoint(with: labels) { return true }
            if !clause.subjects.isDisjoint(with: others) { return false }
        }
        return true
    }

    /// Whether a name that stands with a value does so in the context, too, where the name has another value there.
    private func hasOwnName(_ value: FactValue, _ clause: Statement) -> Bool {
        let names = clause.words.filter { $0.isCapitalised && !CommonWords.grammar.contains($0.folded) }
        let parts = context.parts.filter { $0.values.contains { value.follows(from: $0) } }
        guard !parts.isEmpty, !names.isEmpty else { return true }
        return names.allSatisfy { name in
            if parts.contains(where: { !$0.words.isDisjoint(with: name.forms) }) { return true }
            return !context.parts.contains { part in
                !part.words.isDisjoint(with: name.forms) && part.values.contains { $0.isLike(value) }
            }
        }
    }

    /// Whether a bare number counts what it counts in the context.
    private func counts(_ found: FactReader.Found, _ clause: Statement, _ words: [Word]) -> Bool {
        guard case .number(let number)? = found.value,
            let counted = words.first(where: { $0.span.lowerBound == found.span.upperBound + 1 }),
            clause.words.contains(counted), !CommonWords.grammar.contains(counted.folded),
            !counted.folded.hasSuffix("ly")
        else { return true }
        let sentences = context.sentences.filter { sentence in
            sentence.statement.values.contains { $0.value?.numbers.contains(number) ?? false }
        }
        return sentences.isEmpty || sentences.contains { $0.statement.subjects.contains(counted.stem) }
    }

    // MARK: Denials

    /// Where the sentence denies what all sentences of the context that are like it say, or says what they deny.
    private func denial(in sentence: Statement, _ bytes: [UInt8]) -> Fact? {
        let subjects = sentence.subjects.subtracting(CommonWords.negations.map(Word.stem))
        let alike = context.sentences.filter { other in
            let shared = subjects.intersection(other.statement.subjects).count
            return shared >= 2 && Double(shared) >= Self.alike * Double(subjects.count)
        }
        let negation = sentence.words.indices.first { sentence.isNegation($0, in: bytes) }
        let agrees = alike.contains { $0.statement.denies(subjects, in: $0.bytes) == (negation != nil) }
        guard !alike.isEmpty, !agrees, let first = sentence.words.first, let last = sentence.words.last else {
            return nil
        }
        let span = negation.map { sentence.words[$0].span } ?? first.span.lowerBound..<last.span.upperBound
        return Fact(kind: .polarity, text: String(decoding: bytes[span], as: UTF8.self), span: span)
    }
}

extension Fact {
    fileprivate init(_ found: FactReader.Found) {
        self.init(kind: found.kind, text: found.text, span: found.span)
    }
}

extension FactValue {
    /// Whether a reply may say `self` where the context says `given`.
    fileprivate func follows(from given: FactValue) -> Bool {
        switch (self, given) {
        case (.number(let number), .amount(let other, let unit)):
            // A share or a price without its unit is another number.
            return number == other && !Self.needsUnit(unit)
        case (.number(let number), _), (.ordinal(let number), .time):
            return given.numbers.contains(number)
        case (.ordinal(let number), .ordinal(let other)): return number == other
        case (.amount(let number, let unit), .amount(let other, let given)):
            return number == other && (unit == given || Self.isCurrency(unit, within: given))
        case (.address(let address), .address(let other)): return address == other
        case (.time(let time), .time(let other)): return time.follows(from: other)
        case (.time(let time), .number(let number)): return time.isYear(number)
        case (.numbers(let numbers), _): return !Set(numbers).isDisjoint(with: given.numbers)
        default: return false
        }
    }

    private static func needsUnit(_ unit: String) -> Bool {
        unit == "%" || unit.utf8.count == 3 && unit.allSatisfy(\.isUppercase)
            || isCurrency(unit, within: unit)
    }

    /// `$3` may be said of `US$3`, where the text does not say which dollar it is.
    private static func isCurrency(_ unit: String, within given: String) -> Bool {
        let family = ["dollar": "USD CAD AUD NZD HKD SGD", "pound": "GBP EGP", "peso": "MXN ARS CLP"][unit]
        return family.map { unit == given || $0.split(separator: " ").contains { $0 == given } } ?? false
    }

    /// Whether two values could be mistaken for each other.
    fileprivate func isLike(_ other: FactValue) -> Bool {
        switch (self, other) {
        case (.time, .time), (.number, .number), (.amount, .amount), (.number, .amount), (.amount, .number):
            true
        default: false
        }
    }
}

extension TimeFact {
    fileprivate func isYear(_ number: String) -> Bool { readings.contains { $0.timex == number } }
}
