/// What moves have in common, whatever the task is: the policy learns of each kind what it leads to.
public enum MoveKind: String, Codable, Sendable, Hashable, CaseIterable, CodingKeyRepresentable {
    case askOne = "ask_one"
    case askTwo = "ask_two"
    case askThree = "ask_three"
    /// Asks again, and names the values.
    case nameChoices = "name_choices"
    case confirm, answer, clarify, cancel, end
    /// Does what the task is for.
    case act

    public init(_ move: Move) {
        switch move.action {
        case .askMissingInfo where move.namesChoices: self = .nameChoices
        case .askMissingInfo:
            switch move.slots.count {
            case ...1: self = .askOne
            case 2: self = .askTwo
            default: self = .askThree
            }
        case .confirm: self = .confirm
        case .answer: self = .answer
        case .clarify: self = .clarify
        case .cancel: self = .cancel
        case .end: self = .end
        default: self = .act
        }
    }
}
