import ArgumentParser
import Assistant
import Glibc
import Knowledge
import Tensors

/// Prints how well and how fast the knowledge base finds passages.
struct SearchBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract:
            "Measure search: what is found of SQuAD and SciFact, and how fast, beside faiss, numpy and Chroma."
    )

    @Option(help: "A Python with numpy, and with faiss and chromadb where they are to be timed too.")
    var peerPython: String?

    @Option(help: "Passages that are searched for speed; may be given again.")
    var passages: [Int] = [100_000]

    @Option(help: "Queries of a side.")
    var queries = 200

    @Flag(help: "Measure speed only.")
    var speedOnly = false

    @Flag(help: "Measure quality only.")
    var qualityOnly = false

    func run() throws {
        var missed = false
        if !speedOnly { missed = try !SearchQuality.report() }
        if !qualityOnly {
            let peer = try peerPython.map { try Peer(python: $0, script: "vector_search.py", []) }
            for count in passages {
                let speed = SearchSpeed(passages: count, queries: queries, peer: peer)
                missed = try !speed.report() || missed
            }
        }
        if missed { throw ExitCode(1) }
    }
}
