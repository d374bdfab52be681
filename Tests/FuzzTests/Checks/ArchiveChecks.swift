@testable import Storage

extension FuzzTarget {
    /// The whole frames at the beginning of an archive are read alike a second time, and by themselves without a fault.
    ///
    /// The first byte says what the others are: frames, or the lines of a frame, which few changes of bytes would get past
    /// the checksum.
    func checkArchive(_ bytes: [UInt8]) throws {
        let rest = Array(bytes.dropFirst())
        let isContent = (bytes.first ?? 0).isMultiple(of: 2)
        try checkFrames(of: isContent ? try frame(rest) : rest)
    }

    private func frame(_ content: [UInt8]) throws -> [UInt8] {
        let writer = try ZstdFrameWriter(.quick)
        try writer.append(content)
        return try writer.finish()
    }

    private func checkFrames(of file: [UInt8]) throws {
        let limits = ArchiveLimits()
        let beginning = ArchiveReader(limits: limits).beginning(of: file)
        try promise(beginning.end <= file.count, "the whole frames lie in the file")
        try promise(beginning.fault != nil || beginning.end == file.count, "what is not read has a fault")
        var last: ArchivedTurn?
        try ArchiveReader(limits: limits).read(Array(file[..<beginning.end])) { last = $0 }
        try promise(last == beginning.last, "whole frames hold the same turns by themselves")
    }
}
