internal import Dialogue
internal import Entities

extension DatabaseQuery {
    /// What stands at each of its places; nil where the slot is not known.
    func arguments(_ slots: [String: FilledSlot]) -> [String: String?] {
        let known = parameters(among: slots.keys.sorted()).compactMap(\.self)
        return places.reduce(into: [:]) { arguments, place in
            let parameter = known.first { $0.name == place }
            let value = parameter.flatMap { parameter in
                slots[parameter.slot].map { parameter.part.text(of: $0.value) }
            }
            arguments[place] = .some(value)
        }
    }
}

extension DatabaseQuery.Parameter.Part {
    /// - Parameter value: `2026-01-08`, `2026-01-01/2026-02-01` with its end not in it, or with `..` for no limit.
    fileprivate func text(of value: String) -> String {
        let days = value.split(separator: "/", omittingEmptySubsequences: false)
        switch self {
        case .whole: return value
        case .firstDay: return days[0] == ".." ? "0000-00-00" : String(days[0].prefix(10))
        case .dayAfter:
            guard days.count == 1 else { return days[1] == ".." ? "9999-99-99" : String(days[1]) }
            let day = ReferenceTime(rfc3339: String(value.prefix(10)))?.date
            return day.map { CivilDate(dayNumber: $0.dayNumber + 1).text } ?? value
        }
    }
}
