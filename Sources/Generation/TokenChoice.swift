internal import Tokenizers

/// A reply that must be one of some given ones: after each token, the tokens that may come next.
struct TokenChoice: Sendable {
    private struct Node {
        /// In the order in which the choices first have them.
        var next: [TokenID] = []
        var children: [Int] = []
        /// The choice that ends here.
        var choice: Int?
    }

    private var nodes = [Node()]
    private var at = 0
    private let end: TokenID
    /// Tokens of the longest reply, and one that ends it.
    let longest: Int

    /// - Parameters:
    ///   - choices: the tokens of each reply. Of equal ones the first counts.
    ///   - end: the token that ends a reply which others go on with.
    init(_ choices: [[TokenID]], end: TokenID) {
        precondition(!choices.isEmpty && choices.allSatisfy { !$0.isEmpty }, "choice: of no tokens")
        precondition(choices.allSatisfy { !$0.contains(end) }, "choice: one has the token that ends it")
        self.end = end
        longest = 1 + (choices.map(\.count).max() ?? 0)
        for (index, tokens) in choices.enumerated() {
            var node = 0
            for token in tokens { node = child(of: node, token) }
            if nodes[node].choice == nil { nodes[node].choice = index }
        }
        for index in nodes.indices where nodes[index].choice != nil && !nodes[index].next.isEmpty {
            nodes[index].next.append(end)
        }
    }

    private mutating func child(of node: Int, _ token: TokenID) -> Int {
        if let place = nodes[node].next.firstIndex(of: token) { return nodes[node].children[place] }
        nodes[node].next.append(token)
        nodes[node].children.append(nodes.count)
        nodes.append(Node())
        return nodes.count - 1
    }

    /// The tokens that may come next; none once the choice is made.
    var allowed: [TokenID] { nodes[at].next }

    /// The index of the chosen reply, once no token is missing.
    private(set) var chosen: Int?

    /// - Parameter token: one of `allowed`.
    mutating func take(_ token: TokenID) {
        guard let place = nodes[at].next.firstIndex(of: token) else {
            preconditionFailure("choice: token \(token.rawValue) is not allowed")
        }
        guard place < nodes[at].children.count else {
            chosen = nodes[at].choice
            at = nodes.count
            nodes.append(Node())
            return
        }
        at = nodes[at].children[place]
        if nodes[at].next.isEmpty { chosen = nodes[at].choice }
    }
}
