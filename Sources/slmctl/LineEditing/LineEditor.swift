/// Ways to go on from what was typed: `start` stays, one of `words` follows it.
struct Completion: Hashable {
    let start: String
    let words: [String]
}

/// Turns keys into lines, and remembers the lines to go back to.
struct LineEditor {
    enum Step: Hashable {
        /// The line may look different now.
        case edited
        /// Nothing could be done.
        case refused
        case entered(String)
        case abandoned
        case ended
        case suspended
        case clearScreen
        /// What may follow, for the reader to choose from.
        case choices([String])
    }

    private(set) var line = EditedLine()
    private var history: [String] = []
    /// How many lines back the reader has gone, and what was being typed before that.
    private var stepsBack = 0
    private var draft = EditedLine()

    /// - Parameter history: lines entered earlier, oldest first.
    init(history: [String] = []) {
        for line in history { remember(line) }
    }

    /// - Parameter completion: for what stands before the cursor; asked only when Tab is pressed.
    mutating func press(_ key: Key, completion: (String) -> Completion) -> Step {
        switch key {
        case .enter: return enter()
        case .tab: return complete(completion(line.before))
        case .interrupt: return abandon()
        case .endOfInput where line.isEmpty: return .ended
        case .suspend: return .suspended
        case .clearScreen: return .clearScreen
        case .up: return go(to: stepsBack + 1)
        case .down: return go(to: stepsBack - 1)
        default: return edit(key)
        }
    }

    private mutating func edit(_ key: Key) -> Step {
        switch key {
        case .character(let scalar): line.insert(scalar)
        case .left: line.moveLeft()
        case .right: line.moveRight()
        case .wordLeft: line.moveWordLeft()
        case .wordRight: line.moveWordRight()
        case .home: line.moveToStart()
        case .end: line.moveToEnd()
        case .eraseBefore: line.eraseBefore()
        case .eraseAfter, .endOfInput: line.eraseAfter()
        case .eraseWord: line.eraseWord()
        case .eraseToStart: line.eraseToStart()
        case .eraseToEnd: line.eraseToEnd()
        default: return .refused
        }
        return .edited
    }

    private mutating func enter() -> Step {
        let text = line.text
        remember(text)
        startOver()
        return .entered(text)
    }

    private mutating func remember(_ text: String) {
        if !text.allSatisfy(\.isWhitespace), history.last != text { history.append(text) }
    }

    private mutating func abandon() -> Step {
        startOver()
        return .abandoned
    }

    private mutating func startOver() {
        line = EditedLine()
        stepsBack = 0
    }

    private mutating func go(to steps: Int) -> Step {
        guard (0...history.count).contains(steps) else { return .refused }
        if stepsBack == 0 { draft = line }
        stepsBack = steps
        line = steps == 0 ? draft : EditedLine(history[history.count - steps])
        return .edited
    }

    private mutating func complete(_ completion: Completion) -> Step {
        let words = completion.words
        guard let first = words.first else { return .refused }
        let common = words.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
        let completed = completion.start + common
        if words.count > 1, completed.count <= line.before.count { return .choices(words) }
        line.replaceBefore(with: completed)
        return .edited
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
