import FoundationEssentials

/// What is read of the Schema-Guided Dialogue set: services with their slots, and who did what in each turn.
struct SchemaGuided {
    struct Service: Decodable {
        struct Slot: Decodable {
            let name: String
            let isCategorical: Bool
            let values: [String]

            private enum CodingKeys: String, CodingKey {
                case name
                case isCategorical = "is_categorical"
                case values = "possible_values"
            }
        }

        struct Intent: Decodable {
            let name: String
            let isTransactional: Bool
            let required: [String]
            let optional: [String: String]

            private enum CodingKeys: String, CodingKey {
                case name
                case isTransactional = "is_transactional"
                case required = "required_slots"
                case optional = "optional_slots"
            }
        }

        let name: String
        let slots: [Slot]
        let intents: [Intent]

        private enum CodingKeys: String, CodingKey {
            case slots, intents
            case name = "service_name"
        }

        /// `Hotels_1` and `Hotels_4` are of one.
        var domain: String { name.prefix { $0 != "_" }.description }
    }

    struct Dialogue: Decodable {
        let turns: [Turn]
    }

    struct Turn: Decodable {
        let speaker: String
        let utterance: String
        let frames: [Frame]

        var isUser: Bool { speaker == "USER" }
        var acts: [Act] { frames.flatMap(\.acts) }
    }

    struct Frame: Decodable {
        struct State: Decodable {
            let intent: String

            private enum CodingKeys: String, CodingKey { case intent = "active_intent" }
        }

        let service: String
        let acts: [Act]
        let spans: [Span]
        let state: State?
    }

    /// What an utterance does: `["INFORM", "city", ["SF"], ["San Francisco"]]`, as said and in its normal form.
    struct Act: Decodable {
        let name: String
        let slot: String
        let said: [String]
        let values: [String]

        init(from decoder: any Decoder) throws {
            var fields = try decoder.unkeyedContainer()
            name = try fields.decode(String.self)
            slot = try fields.decode(String.self)
            said = try fields.decode([String].self)
            values = try fields.decode([String].self)
        }
    }

    /// Where a slot's value stands in an utterance.
    struct Span: Decodable {
        let slot: String
        let start: Int

        init(from decoder: any Decoder) throws {
            var fields = try decoder.unkeyedContainer()
            slot = try fields.decode(String.self)
            start = try fields.decode(Int.self)
        }
    }

    let services: [Service]
    let dialogues: [Dialogue]

    /// - Parameters:
    ///   - schema: the contents of `schema.json`.
    ///   - lines: those of `dialogues.jsonl`.
    init(schema: [UInt8], lines: [[UInt8]]) throws {
        let decoder = JSONDecoder()
        services = try decoder.decode([Service].self, from: Data(schema))
        dialogues = try lines.map { try decoder.decode(Dialogue.self, from: Data($0)) }
    }

    /// Every other domain by its name: those to learn on, and those that are held out.
    var halves: (tuning: [Service], heldOut: [Service]) {
        let domains = Set(services.map(\.domain)).sorted()
        let held = Set(domains.enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
        return (services.filter { !held.contains($0.domain) }, services.filter { held.contains($0.domain) })
    }
}
