import Dialogue

/// A service of the schema as tasks, with the values that users say for its slots.
struct SimulatedService {
    let book: TaskBook
    /// By slot, in their normal forms.
    let values: [String: [String]]
    /// Slots that the schema lists the values of.
    let categorical: Set<String>

    init(_ service: SchemaGuided.Service, said: [String: Set<String>]) {
        var values: [String: [String]] = [:]
        for slot in service.slots {
            let known = slot.values + (said[slot.name] ?? []).sorted()
            let kept = Set(known.filter { $0 != "dontcare" && $0 != "False" && !$0.isEmpty })
            values[slot.name] = kept.sorted().map { Self.normal($0, of: slot) }
        }
        let lists = Self.lists(service, values)
        let types = Dictionary(
            uniqueKeysWithValues: service.slots.map { slot in
                (slot.name, Self.type(of: slot, values[slot.name] ?? [], list: lists[slot.name] ?? slot.name))
            })
        self.values = values
        categorical = Set(
            service.slots.filter { slot in
                if slot.isCategorical, case .named = types[slot.name] { true } else { false }
            }.map(\.name))
        let tasks = service.intents.compactMap { intent in
            Self.task(intent, types.filter { !(values[$0.key] ?? []).isEmpty })
        }
        let words = Dictionary(grouping: types.keys.sorted()) { types[$0]?.name ?? "" }
            .filter { SlotType($0.key) == .named($0.key) }
            .map { name, slots in
                WordList(
                    name: name,
                    words: Dictionary(slots.flatMap { values[$0] ?? [] }.map { ($0, []) }) { first, _ in first
                    })
            }
        book = TaskBook(tasks: tasks, lists: words.sorted { $0.name < $1.name })
    }

    /// A boolean's is yes, for nobody asks for what he does not want.
    private static func normal(_ value: String, of slot: SchemaGuided.Service.Slot) -> String {
        value == "True" ? "yes" : slot.name.contains("amount") ? "\(value) USD" : value
    }

    private static func type(
        of slot: SchemaGuided.Service.Slot, _ values: [String], list: String
    ) -> SlotType {
        if values.contains("yes") { return .entity(.boolean) }
        if slot.name.contains("date") { return .entity(.date) }
        if slot.name.hasSuffix("time") { return .entity(.time) }
        if slot.name.contains("amount") { return .entity(.money) }
        if !values.isEmpty, values.allSatisfy({ Int($0) != nil }) { return .entity(.number) }
        return slot.name.hasSuffix("_name") ? .text : .named(list)
    }

    /// Slots that share a fourth of their values, or more, have one list: cities of departure and arrival.
    private static func lists(
        _ service: SchemaGuided.Service, _ values: [String: [String]]
    ) -> [String: String] {
        var lists: [String: String] = [:]
        for slot in service.slots {
            let own = Set(values[slot.name] ?? [])
            let alike = service.slots.first { other in
                let theirs = Set(values[other.name] ?? [])
                return lists[other.name] == other.name
                    && 4 * own.intersection(theirs).count >= max(1, min(own.count, theirs.count))
            }
            lists[slot.name] = alike?.name ?? slot.name
        }
        return lists
    }

    private static func task(
        _ intent: SchemaGuided.Service.Intent, _ types: [String: SlotType]
    ) -> DialogueTask? {
        let names = intent.required + intent.optional.keys.sorted()
        let slots = names.compactMap { name in
            types[name].map { type in
                Slot(
                    name: name, type: type, isRequired: intent.required.contains(name),
                    question: Template(literal: name), needsConfirmation: false)
            }
        }
        guard slots.contains(where: \.isRequired) else { return nil }
        return DialogueTask(
            name: intent.name, intents: [intent.name], examples: [], slots: slots,
            action: intent.isTransactional ? Action(rawValue: intent.name) : .fetchData,
            confirmation: intent.isTransactional ? Template(literal: "confirmed") : nil,
            reply: Template(literal: "done"),
            nothingFound: nil, data: nil)
    }

    /// The services, with what their users said in the dialogues.
    static func all(_ services: [SchemaGuided.Service], in data: SchemaGuided) -> [SimulatedService] {
        var said: [String: [String: Set<String>]] = [:]
        for turn in data.dialogues.lazy.flatMap(\.turns) where turn.isUser {
            for frame in turn.frames {
                for act in frame.acts where act.name == "INFORM" {
                    said[frame.service, default: [:]][act.slot, default: []].formUnion(act.values)
                }
            }
        }
        return services.map { SimulatedService($0, said: said[$0.name] ?? [:]) }
            .filter { !$0.book.tasks.isEmpty }
    }
}
