/// How a session's clock stands to the daemon's, once somebody has set it.
public struct SessionClock: Codable, Sendable, Hashable {
    /// Added to the daemon's time, in seconds.
    public let shift: Int
    /// East of Greenwich, in minutes.
    public let offset: Int

    public init(shift: Int, offset: Int) {
        self.shift = shift
        self.offset = offset
    }
}
