import Testing
import Wire

@Test func `a frame is its big-endian length and its JSON`() {
    let frame = Frame.encode(ClientMessage(id: .number(1), StatusParams()))
    let body = Array(#"{"jsonrpc":"2.0","id":1,"method":"status","params":{}}"#.utf8)
    #expect(frame == [0, 0, 0, UInt8(body.count)] + body)
}

@Test(arguments: 1...13)
func `bodies come out the same however the bytes arrive`(piece: Int) throws {
    let bodies = [[UInt8](), [1], Array(repeating: 7, count: 300), [0, 0, 0, 5]]
    let stream = bodies.flatMap { body -> [UInt8] in
        [0, 0, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
    }
    var decoder = FrameDecoder(limit: 300)
    var found: [[UInt8]] = []
    for start in stride(from: 0, to: stream.count, by: piece) {
        decoder.append(stream[start..<min(start + piece, stream.count)])
        while let body = try decoder.next() { found.append(body) }
    }
    #expect(found == bodies)
    #expect(decoder.pendingBytes == 0)
}

@Test(arguments: [1_000, 65_536, 70_001, 1_000_000])
func `a large body comes out the same however it arrives, and what follows it too`(piece: Int) throws {
    let large = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let bodies: [[UInt8]] = [[1], large, [2, 3], []]
    var stream: [UInt8] = []
    for body in bodies {
        for shift in [24, 16, 8, 0] { stream.append(UInt8(truncatingIfNeeded: body.count >> shift)) }
        stream += body
    }
    var decoder = FrameDecoder()
    var found: [[UInt8]] = []
    for start in stride(from: 0, to: stream.count, by: piece) {
        decoder.append(stream[start..<min(start + piece, stream.count)])
        let given = found.reduce(0) { $0 + Frame.headerBytes + $1.count }
        let read = min(start + piece, stream.count)
        #expect(decoder.pendingBytes == read - given)
        while let body = try decoder.next() { found.append(body) }
        // What is pending can be read on by another.
        let rest = found.reduce(0) { $0 + Frame.headerBytes + $1.count }
        #expect(decoder.pending == Array(stream[rest..<read]))
    }
    #expect(found == bodies)
    #expect(decoder.pendingBytes == 0)
}

@Test func `a body longer than the limit is refused at its header`() {
    var decoder = FrameDecoder(limit: 8)
    decoder.append([0, 0, 0, 9])
    #expect(throws: FrameError.tooLarge(length: 9, limit: 8)) { try decoder.next() }
    var hostile = FrameDecoder(limit: 8)
    hostile.append([255, 255, 255, 255])
    #expect(throws: FrameError.tooLarge(length: 4_294_967_295, limit: 8)) { try hostile.next() }
}

@Test func `bytes of an unfinished frame are counted as pending`() throws {
    var decoder = FrameDecoder(limit: 8)
    decoder.append([0, 0, 0, 2, 65])
    #expect(try decoder.next() == nil)
    #expect(decoder.pendingBytes == 5)
}
