internal import Grounding
internal import ModelFiles

/// The head that says what supports a reply, or why there is none.
struct Support: Sendable {
    /// In bytes; the shipped one has a fiftieth.
    private static let largestFile = 1 << 20

    private let head: Result<SupportHead, AssistantError>

    /// - Parameter path: of its file; nil where there is none.
    init(path: String?) {
        head = Result { () throws(AssistantError) in
            guard let path else { throw .noSupportHead("models/grounding/support.head is missing") }
            do {
                return try SupportHead(bytes: try ReadFile(path: path, limit: Self.largestFile).bytes)
            } catch {
                throw .noSupportHead("\(path): \(error)")
            }
        }
    }

    /// - Throws: `noSupportHead`.
    func get() throws(AssistantError) -> SupportHead { try head.get() }
}
