import Dialogue
import Yams

extension MappingReader {
    /// - Parameter names: of all slots of the task, which their questions may name.
    mutating func slots(_ types: SlotTypes, among names: [String]) -> [Slot] {
        var slots: [Slot] = []
        section("slots", expecting: "names and slots") { reader in
            for entry in reader.entries(most: TasksFile.Most.slots) {
                if entry.name == "rows" {
                    reader.noteBad(
                        expected: "names other than rows, which the data have", found: "rows", at: entry.key)
                }
                if let slot = reader.reading(entry, { $0.slot(entry.name, types, among: names) }) {
                    slots.append(slot)
                }
            }
        }
        return slots
    }

    private mutating func slot(_ name: String, _ types: SlotTypes, among names: [String]) -> Slot {
        let type = slotType(types)
        var (isRequired, needsConfirmation) = (true, false)
        flag("required", into: &isRequired)
        flag("confirm", into: &needsConfirmation)
        let question = template("question", slots: names)
        if isRequired { require("question", "a question that asks for it") }
        return Slot(
            name: name, type: type ?? .text, isRequired: isRequired,
            question: question ?? Template(literal: ""), needsConfirmation: needsConfirmation,
            validation: validation(of: type))
    }

    /// Nil for one that is not known.
    private mutating func slotType(_ types: SlotTypes) -> SlotType? {
        require("type", SlotTypes.builtIn.joined(separator: ", ") + " or a name under types")
        guard let name = text("type") else { return nil }
        guard SlotTypes.builtIn.contains(name) || types.declared.contains(name) else {
            noteUnknown("type", name, among: SlotTypes.builtIn + types.declared, of: "type")
            return nil
        }
        return SlotType(name)
    }

    private mutating func validation(of type: SlotType?) -> Validation {
        let validation = Validation(
            side: choice("when"), least: number("min"), most: number("max"),
            hours: read("between", expecting: "times such as 08:00-18:00") { $0.scalar?.string.hours })
        allow(["when"], with: [.date, .dateTime], type)
        allow(["min", "max"], with: [.number, .ordinal, .percentage, .money, .quantity], type)
        allow(["between"], with: [.time, .dateTime], type)
        if let least = validation.least, let most = validation.most, least > most {
            noteBad("max", expected: "at least min, \(least)", found: "\(most)")
        }
        return validation
    }

    /// Notes those of the keys that say nothing of a type.
    private mutating func allow(_ keys: [String], with kinds: [EntitySlot], _ type: SlotType?) {
        guard let type, !kinds.map(SlotType.entity).contains(type) else { return }
        for key in keys where has(key) {
            let names = kinds.map(\.rawValue).joined(separator: ", ")
            noteBad(key, expected: "a slot of type \(names)", found: "one of type \(type.name)")
        }
    }
}

extension String {
    /// Of `08:00-18:00`, in minutes since midnight.
    fileprivate var hours: ClosedRange<Int>? {
        let ends = split(separator: "-", omittingEmptySubsequences: false).map { $0.minutes }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last else { return nil }
        return first...last
    }
}

extension Substring {
    fileprivate var minutes: Int? {
        let parts = split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { 48...57 ~= $0 } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }
}
