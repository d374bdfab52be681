/// When something was said, in the session's time zone.
struct SaidMoment: Sendable, Hashable {
    /// `2026-01-09`
    let today: String
    /// `10:00`; nil where it is not known, and then nothing of today is past.
    let now: String?

    var withoutClock: SaidMoment { SaidMoment(today: today, now: nil) }
}
