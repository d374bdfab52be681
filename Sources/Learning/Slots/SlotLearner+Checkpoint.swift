extension SlotLearner {
    private static let maximumTypes = 10_000

    func write(to writer: inout ByteWriter) {
        writer.append(UInt32(width))
        writer.append(randomness.state)
        writer.append(UInt32(tags.types.count))
        for (type, seen) in zip(tags.types, seen) {
            writer.append(type.description)
            writer.append(UInt64(seen))
        }
        for kind in memory.kinds {
            writer.append(UInt64(kind.seen))
            writer.append(UInt32(kind.examples.count))
            for example in kind.examples { example.write(to: &writer) }
        }
        company.write(to: &writer)
        network.write(to: &writer)
        for square in [chain.steps, chain.means, chain.squares] {
            for row in square { writer.append(row) }
        }
    }

    init(from reader: inout ByteReader) throws(CheckpointError) {
        let width = try reader.count("width of a word's block", limit: Features.maximumBlockWidth)
        guard width > 0 else { throw .outOfRange(field: "width of a word's block", found: 0, limit: 4096) }
        self.width = width
        randomness = Randomness(state: try reader.integer(UInt64.self))
        for index in 0..<(try reader.count("number of types of slots", limit: Self.maximumTypes)) {
            let type = try reader.slotName()
            guard !tags.contains(type) else { throw .repeatedName(at: index) }
            tags.append(type)
            seen.append(try reader.largeCount("number of examples of a type"))
        }
        memory.kinds = []
        for _ in 0...tags.types.count { memory.kinds.append(try Self.kind(from: &reader, width, tags)) }
        company = try SlotCompany(types: tags.types.count, from: &reader)
        network = try SlotNetwork(
            inputs: WordFeatures.blockCount * Kernels.padded(width), tags: tags.count, from: &reader)
        chain = TagChain(
            steps: try Self.square(tags.count, from: &reader),
            means: try Self.square(tags.count, from: &reader),
            squares: try Self.square(tags.count, from: &reader))
    }

    private static func kind(
        from reader: inout ByteReader, _ width: Int, _ tags: SlotTags
    ) throws(CheckpointError) -> SlotMemory.Kind {
        var kind = SlotMemory.Kind()
        kind.seen = try reader.largeCount("number of examples seen")
        for _ in 0..<(try reader.count("number of kept examples", limit: SlotMemory.capacity)) {
            let example = try SlotExample(from: &reader)
            guard example.features.width == width, example.features.count > 0 else {
                throw .outOfRange(
                    field: "width of a kept word", found: UInt64(example.features.width), limit: UInt64(width)
                )
            }
            for span in example.spans where !tags.contains(span.type) { throw .unknownSlotName(span.type) }
            kind.examples.append(example)
        }
        return kind
    }

    private static func square(
        _ count: Int, from reader: inout ByteReader
    ) throws(CheckpointError) -> [[Float]] {
        var rows: [[Float]] = []
        for _ in 0..<count { rows.append(try reader.floats("steps of the tags", count: count)) }
        return rows
    }
}

extension SlotCompany {
    private static let maximumIntents = 100_000

    fileprivate func write(to writer: inout ByteWriter) {
        writer.append(UInt32(entries.count))
        for (intent, entry) in entries.sorted(by: { $0.key < $1.key }) {
            writer.append(intent.description)
            writer.append(UInt64(entry.examples))
            writer.append(UInt32(entry.types.count))
            for type in entry.types.sorted() { writer.append(UInt32(type)) }
        }
    }

    fileprivate init(types: Int, from reader: inout ByteReader) throws(CheckpointError) {
        for index in 0..<(try reader.count("number of intents with slots", limit: Self.maximumIntents)) {
            let intent = try reader.name()
            var entry = Entry(examples: try reader.largeCount("number of examples with slots"))
            for _ in 0..<(try reader.count("number of types of an intent", limit: types)) {
                let type = try reader.count("type of an intent", limit: max(0, types - 1))
                entry.types.insert(type)
            }
            guard entries.updateValue(entry, forKey: intent) == nil else { throw .repeatedName(at: index) }
        }
    }
}

extension SlotNetwork {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.append(UInt64(steps))
        for layer in [word, context, output] { layer.write(to: &writer) }
    }

    fileprivate init(inputs: Int, tags: Int, from reader: inout ByteReader) throws(CheckpointError) {
        let steps = try reader.largeCount("steps of the network")
        let word = try Layer(rows: Self.width, columns: inputs, from: &reader)
        let context = try Layer(rows: Self.width, columns: Self.window * Self.width, from: &reader)
        let output = try Layer(rows: tags, columns: 2 * Self.width, from: &reader)
        self.init(word: word, context: context, output: output, steps: steps)
    }
}
