@testable import slmd

extension FuzzTarget {
    /// A settings file is refused with lines that it has, or read into settings in their ranges.
    func checkSettings(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let read = Result { () throws(SettingsError) in try SettingsFile(yaml: text, file: "slmd.yaml") }
        switch read {
        case .success(let file):
            try promise(
                0...1 ~= file.settings.learning.contextWeight, "the weight of a context is in its range")
            if let slm = file.settings.slm {
                try promise(1...16 ~= slm.together, "the replies of a pass are in their range")
            }
            try promise(1...100_000 ~= file.settings.limits.queue, "the queue is in its range")
            try promise(file.settings.limits.frameTime > .zero, "the time of a frame is in its range")
        case .failure(let error): try checkComplaint(error, of: text)
        }
    }

    /// An error of a text says what is wrong with lines of it.
    func checkComplaint(_ error: SettingsError, of text: String) throws {
        guard case .invalid(let problems) = error else {
            throw BrokenPromise(description: "a text is invalid, and not \(error)")
        }
        try promise(!problems.isEmpty, "an error says what is wrong")
        // Line ends as YAML counts them.
        let lines = 2 + text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) }
        for problem in problems {
            try promise(1...lines ~= problem.line && problem.column >= 1, "\(problem) is in the file")
        }
    }
}
