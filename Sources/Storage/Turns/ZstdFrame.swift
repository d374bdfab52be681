internal import CZstd

/// How hard a frame is compressed.
enum ZstdEffort: Sendable {
    /// Some 50 MB/s: for what waits to be appended.
    case quick
    /// Some 6 MB/s in 6 MB of memory: for a file that is closed.
    case thorough
}

/// Compresses one frame, piece by piece. Its content has a checksum. A class for its deinit: a struct that
/// cannot be copied has none after an initialiser that throws.
@safe final class ZstdFrameWriter {
    private let context: OpaquePointer
    private var bytes: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())

    /// - Parameter size: of the content in bytes, where it is known: its tables are no larger than it needs then, and it
    ///   must be met.
    init(_ effort: ZstdEffort, size: Int? = nil) throws(ArchiveError) {
        guard let context = unsafe ZSTD_createCCtx() else { throw .notCompressed(reason: "no memory") }
        unsafe self.context = unsafe context
        try set(ZSTD_c_checksumFlag, 1)
        try set(ZSTD_c_windowLog, Int32(ArchiveLimits().windowLog))
        if let size { try Self.check(unsafe ZSTD_CCtx_setPledgedSrcSize(context, UInt64(size))) }
        switch effort {
        case .quick: try set(ZSTD_c_compressionLevel, 9)
        case .thorough:
            // What level 17 finds, with tables of a tenth of its size and an eighth of its attempts; measured
            // by `slmd-bench archive`.
            try set(ZSTD_c_strategy, Int32(ZSTD_btopt.rawValue))
            try set(ZSTD_c_chainLog, 20)
            try set(ZSTD_c_hashLog, 18)
            try set(ZSTD_c_searchLog, 3)
            try set(ZSTD_c_minMatch, 5)
            try set(ZSTD_c_targetLength, 256)
        }
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    func append(_ content: [UInt8]) throws(ArchiveError) {
        try stream(content, ZSTD_e_continue)
    }

    /// - Returns: the whole frame.
    func finish() throws(ArchiveError) -> [UInt8] {
        try stream([], ZSTD_e_end)
        return bytes
    }

    private func stream(
        _ content: [UInt8], _ directive: ZSTD_EndDirective
    ) throws(ArchiveError) {
        let context = unsafe context
        var position = 0
        while true {
            var produced = 0
            let left = unsafe content.withUnsafeBytes { source in
                unsafe buffer.withUnsafeMutableBytes { target in
                    var input = unsafe ZSTD_inBuffer(
                        src: source.baseAddress, size: source.count, pos: position)
                    var output = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    let left = unsafe ZSTD_compressStream2(context, &output, &input, directive)
                    unsafe (position, produced) = (input.pos, output.pos)
                    return left
                }
            }
            try Self.check(left)
            bytes.append(contentsOf: buffer[..<produced])
            // When it ends, it ends once nothing is left; before, once all is taken.
            guard directive == ZSTD_e_end ? left > 0 : position < content.count else { return }
        }
    }

    private func set(_ parameter: ZSTD_cParameter, _ value: Int32) throws(ArchiveError) {
        try Self.check(unsafe ZSTD_CCtx_setParameter(context, parameter, value))
    }

    private static func check(_ code: Int) throws(ArchiveError) {
        guard ZSTD_isError(code) == 0 else { throw .notCompressed(reason: ZstdFailure.name(code)) }
    }
}

enum ZstdFailure {
    static func name(_ code: Int) -> String { unsafe String(cString: ZSTD_getErrorName(code)) }
}

/// Reads one frame, within limits, whatever its bytes say.
@safe final class ZstdFrameReader {
    private let context: OpaquePointer
    private let limits: ArchiveLimits
    private var buffer = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())

    init(_ limits: ArchiveLimits) throws(ArchiveError) {
        guard let context = unsafe ZSTD_createDCtx() else {
            throw .corrupt(frameAt: 0, reason: "no memory to read it with")
        }
        unsafe self.context = unsafe context
        self.limits = limits
        let code = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Int32(limits.windowLog))
        guard ZSTD_isError(code) == 0 else {
            throw .corrupt(frameAt: 0, reason: ZstdFailure.name(code))
        }
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    /// The content of the frame that begins at `offset`, and where it ends.
    ///
    /// - Complexity: O(frame and content); memory holds the content and a window.
    func read(
        _ bytes: [UInt8], at offset: Int
    ) throws(ArchiveError) -> (content: [UInt8], end: Int) {
        try checkHeader(bytes, at: offset)
        unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        var (content, position): ([UInt8], Int) = ([], offset)
        while true {
            let (before, produced) = (position, content.count)
            let left = step(bytes, &position, &content)
            if ZSTD_isError(left) != 0 { throw failure(left, at: offset) }
            guard content.count <= limits.contentBytes else {
                throw .contentTooLarge(frameAt: offset, limit: limits.contentBytes)
            }
            guard content.count <= (2 << 20) + (position - offset) * limits.ratio else {
                throw .ratioTooHigh(frameAt: offset, limit: limits.ratio)
            }
            if left == 0 { return (content, position) }
            if position == before, content.count == produced { throw .truncated(frameAt: offset) }
        }
    }

    private func step(_ bytes: [UInt8], _ position: inout Int, _ content: inout [UInt8]) -> Int {
        let context = unsafe context
        var produced = 0
        let left = unsafe bytes.withUnsafeBytes { source in
            unsafe buffer.withUnsafeMutableBytes { target in
                var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: position)
                var output = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                let left = unsafe ZSTD_decompressStream(context, &output, &input)
                unsafe (position, produced) = (input.pos, output.pos)
                return left
            }
        }
        content.append(contentsOf: buffer[..<produced])
        return left
    }

    /// What can be known before anything is decoded.
    private func checkHeader(_ bytes: [UInt8], at offset: Int) throws(ArchiveError) {
        let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]  // RFC 8878, section 3.1.1
        let beginning = bytes[offset...].prefix(magic.count)
        guard beginning.elementsEqual(magic.prefix(beginning.count)) else { throw .notAFrame(at: offset) }
        let (size, dictionary) = unsafe bytes.withUnsafeBytes { bytes in
            let frame = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
            return unsafe (
                ZSTD_getFrameContentSize(frame.baseAddress, frame.count),
                ZSTD_getDictID_fromFrame(frame.baseAddress, frame.count)
            )
        }
        guard dictionary == 0 else { throw .dictionaryWanted(frameAt: offset, id: dictionary) }
        // The two largest values stand for "not told" and "not a whole header".
        guard size >= UInt64.max - 1 || size <= UInt64(limits.contentBytes) else {
            throw .contentTooLarge(frameAt: offset, limit: limits.contentBytes)
        }
    }

    private func failure(_ code: Int, at offset: Int) -> ArchiveError {
        switch ZSTD_getErrorCode(code) {
        case ZSTD_error_frameParameter_windowTooLarge:
            .windowTooLarge(frameAt: offset, limit: 1 << limits.windowLog)
        case ZSTD_error_prefix_unknown: .notAFrame(at: offset)
        default: .corrupt(frameAt: offset, reason: ZstdFailure.name(code))
        }
    }
}
