import Dialogue
import Testing

/// What turns become to learn from.
@Suite struct EpisodeTests {
    @Test func `a task that is done is a success and each turn costs`() throws {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        talk.say("blood test")
        talk.say("yesterday", dates: ["yesterday": ["2026-01-08"]], rows: [])
        let episode = try #require(talk.episodes.first)
        #expect(talk.episodes.count == 1)
        #expect(episode.isSuccess)
        #expect(episode.transitions.map(\.step) == ["collecting 2", "collecting 1", "ready"])
        #expect(episode.transitions.map(\.kind) == [.askOne, .askOne, .act])
        #expect(episode.transitions.map(\.outcome) == [.answered, .answered, .completed])
        #expect(episode.transitions.map(\.next) == ["collecting 1", "ready", "done"])
        #expect(episode.transitions.map(\.reward) == [-0.1, -0.1, 1])
        #expect(abs(episode.returns[0] - 0.8) < 1e-12)
    }

    @Test func `who cancels abandons once`() throws {
        var talk = Talk()
        talk.say("book", "book_appointment", begins: "book_appointment")
        talk.say("never mind")
        let episode = try #require(talk.episodes.first)
        #expect(!episode.isSuccess)
        #expect(episode.transitions.last?.outcome == .abandoned)
        #expect(abs(episode.returns[0] + 1.1) < 1e-12)
    }

    @Test func `what was done and is put right was not done`() throws {
        var talk = Talk()
        talk.say(
            "blood test from yesterday", begins: "get_report", dates: ["yesterday": ["2026-01-08"]], rows: [])
        talk.say("no, the 7th", "correction", dates: ["the 7th": ["2026-01-07"]], rows: [])
        #expect(talk.episodes.count == 1)
        let episode = try #require(talk.episodes.first)
        #expect(episode.transitions.map(\.outcome) == [.corrected, .completed])
        #expect(abs(episode.returns[0] - 0.7) < 1e-12)
    }

    @Test func `a goal left is abandoned and one in between is its own episode`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        talk.say(
            "book tomorrow at 9", "book_appointment", begins: "book_appointment",
            dates: ["tomorrow": ["2026-01-10"]], times: ["9": ["09:00"]])
        talk.say("yes", "confirmation", yes: true)
        talk.say("blood test", isFresh: true)
        #expect(talk.episodes.map(\.task) == ["book_appointment", "get_report"])
        #expect(talk.episodes.map(\.isSuccess) == [true, false])
    }

    @Test func `what began by a mistake teaches nothing`() {
        var talk = Talk()
        talk.say("I need report", confidence: 0.65, begins: "get_report")
        talk.say(
            "No, just asking if reports are available", "correction",
            correction: IntentCorrection(turn: 1, rejected: "request_data", meant: ["ask_question"]))
        #expect(talk.episodes.isEmpty)
    }

    @Test func `a policy that gives up abandons`() throws {
        var talk = Talk()
        talk.say(
            "book on Monday at 10", "book_appointment", begins: "book_appointment",
            dates: ["Monday": ["2026-01-12"]], times: ["10": ["10:00"]])
        for _ in 1...3 { talk.say("hm", "confirmation", confidence: 0.3) }
        talk.say("no", "correction", yes: false, choosing: Move(.cancel))
        let episode = try #require(talk.episodes.first)
        #expect(episode.transitions.suffix(2).map(\.outcome) == [.refused, .abandoned])
        let last = episode.returns.count - 2
        #expect(abs(episode.returns[last] + 1.3) < 1e-12)
    }

    @Test func `rates count what kinds of moves led to`() {
        var rates = SuccessRates()
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        talk.say("blood test")
        talk.say("yesterday", dates: ["yesterday": ["2026-01-08"]], rows: [])
        for episode in talk.episodes { rates.take(episode) }
        #expect(rates.counts["collecting 2"]?[.askOne]?.next == ["collecting 1": 1])
        #expect(rates.counts["ready"]?[.act]?.succeeded == 1)
    }
}

extension Talk {
    /// The episodes of what was said, after it.
    var episodes: [Episode] {
        var course = DialogueCourse(session: "s", createdAt: 0)
        var episodes: [Episode] = []
        for (turn, decision) in record {
            let before = course.state
            let development = course.state.take(turn, in: book)
            episodes += course.follow(decision, development, since: before, in: book)
        }
        return episodes + course.endEpisodes()
    }
}
