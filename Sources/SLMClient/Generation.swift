public import Wire

extension Connection {
    /// Has the language model word a reply, however long that takes.
    ///
    /// - Parameters:
    ///   - descriptor: one that becomes readable when the reply is to be given up: the end of a pipe that another thread
    ///     or the handler of a signal writes to. It is only looked at, never read.
    ///   - delta: called with each piece of the text as it comes, unless `params` want the whole alone.
    /// - Throws: `refused` with `cancelled` when it was given up, and with `replies_off` where there is no such model.
    public mutating func generate(
        _ params: GenerateParams, cancelledBy descriptor: Int32? = nil,
        delta: (String) -> Void = { _ in }
    ) throws(ClientError) -> GenerateResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(params, cancelledBy: descriptor, delta: { delta($0.text) })
        }
    }

    /// Asks a question, to be answered from the knowledge base alone.
    ///
    /// - Parameters:
    ///   - descriptor: as for `generate`.
    ///   - sentence: called with each sentence as it passes, unless `params` want the whole alone. The answer has them all.
    public mutating func ask(
        _ params: AskParams, cancelledBy descriptor: Int32? = nil, sentence: (Delta) -> Void = { _ in }
    ) throws(ClientError) -> AskResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(params, cancelledBy: descriptor, delta: sentence)
        }
    }
}
