internal import FoundationEssentials

/// Reads the bytes of an archive's file, trusting nothing: every length is bounded before it is believed.
public struct ArchiveReader: Sendable {
    public let limits: ArchiveLimits

    public init(limits: ArchiveLimits = ArchiveLimits()) {
        self.limits = limits
    }

    /// What the whole frames at the beginning of a file hold.
    public struct Beginning: Sendable {
        /// Bytes of whole frames.
        public let end: Int
        /// The last turn in them.
        public let last: ArchivedTurn?
        /// Bytes of JSON in them.
        public let content: Int
        /// Why the rest is not one; nil when there is no rest.
        public let fault: ArchiveError?
    }

    /// Hands over every turn of every frame.
    ///
    /// - Complexity: O(bytes and content); memory holds one frame's content.
    public func read(
        _ bytes: [UInt8], _ body: (ArchivedTurn) throws(ArchiveError) -> Void
    ) throws(ArchiveError) {
        let frames = try ZstdFrameReader(limits)
        var offset = 0
        while offset < bytes.count {
            let (content, end) = try frames.read(bytes, at: offset)
            for turn in try turns(in: content, frameAt: offset) { try body(turn) }
            offset = end
        }
    }

    /// Goes as far as the frames are whole and hold nothing but turns.
    public func beginning(of bytes: [UInt8]) -> Beginning {
        var (offset, length): (Int, Int) = (0, 0)
        var last: ArchivedTurn?
        do throws(ArchiveError) {
            let frames = try ZstdFrameReader(limits)
            while offset < bytes.count {
                let (content, end) = try frames.read(bytes, at: offset)
                last = try turns(in: content, frameAt: offset).last ?? last
                (offset, length) = (end, length + content.count)
            }
            return Beginning(end: offset, last: last, content: length, fault: nil)
        } catch {
            return Beginning(end: offset, last: last, content: length, fault: error)
        }
    }

    private func turns(in content: [UInt8], frameAt offset: Int) throws(ArchiveError) -> [ArchivedTurn] {
        guard content.last == UInt8(ascii: "\n") || content.isEmpty else {
            throw .badLine(frameAt: offset, line: 0, reason: "the last line has no end")
        }
        let decoder = JSONDecoder()
        var turns: [ArchivedTurn] = []
        for line in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        {
            let number = turns.count + 1
            guard line.count <= limits.lineBytes else {
                throw .lineTooLong(frameAt: offset, line: number, limit: limits.lineBytes)
            }
            do {
                turns.append(try decoder.decode(ArchivedTurn.self, from: Data(line)))
            } catch {
                throw .badLine(frameAt: offset, line: number, reason: "expected a turn in JSON")
            }
        }
        return turns
    }
}
