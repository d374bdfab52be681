import Glibc

/// Tells which file systems were mounted and unmounted, as this process sees them: inotify tells no mount.
///
/// Everything unsafe about /proc/self/mountinfo is here.
struct MountWatch: ~Copyable {
    /// Ready when mounts changed, see proc_pid_mounts(5); negative, and so never, where there is no /proc.
    let descriptor: CInt
    /// Where each is, by its number.
    private var mounts: [String: String]

    struct Changes: Equatable {
        var mounted: Set<String> = []
        var unmounted: Set<String> = []
    }

    init() throws(Failure) {
        descriptor = unsafe open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
        mounts = [:]
        mounts = try read()
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// What changed since: the places of mounts, absolute.
    mutating func changes() throws(Failure) -> Changes {
        let now = try read()
        var changes = Changes()
        for (number, path) in now where mounts[number] != path { changes.mounted.insert(path) }
        for (number, path) in mounts where now[number] != path { changes.unmounted.insert(path) }
        mounts = now
        return changes
    }

    private func read() throws(Failure) -> [String: String] {
        guard descriptor >= 0 else { return [:] }
        var table: [UInt8] = []
        while true {
            let (offset, capacity) = (off_t(table.count), 1 << 16)
            var status = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                status = unsafe pread(descriptor, buffer.baseAddress, capacity, offset)
                count = max(status, 0)
            }
            guard status >= 0 || errno == EINTR else {
                throw Failure(.io, "io", "/proc/self/mountinfo: \(Environment.message(of: errno))")
            }
            if status == 0 { return Self.mounts(in: table) }
            table += bytes
        }
    }

    /// The places of mounts, by their numbers.
    ///
    /// - Parameter table: lines of `36 35 98:0 /root /mount\040point …`.
    static func mounts(in table: [UInt8]) -> [String: String] {
        table.split(separator: UInt8(ascii: "\n")).reduce(into: [:]) { mounts, line in
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            // Below a name that is not UTF-8 nothing can be a source.
            guard fields.count > 4, let path = String(validating: unescaped(fields[4]), as: UTF8.self) else {
                return
            }
            mounts[String(decoding: fields[0], as: UTF8.self)] = path
        }
    }

    /// Spaces, line feeds and backslashes are three octal digits there.
    private static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ 0x30...0x37 ~= $0 }) {
                bytes.append(digits.reduce(0) { $0 << 3 | ($1 & 7) })
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
