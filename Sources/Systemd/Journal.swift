internal import CSystemd
internal import Glibc

/// The system's journal, see sd_journal_sendv(3).
public enum Journal {
    /// Whether standard error goes to the journal: what is written there without fields can go with them.
    public static var hasStandardError: Bool {
        guard let place = unsafe getenv("JOURNAL_STREAM").map({ unsafe String(cString: $0) }) else {
            return false
        }
        var file = stat()
        guard unsafe fstat(STDERR_FILENO, &file) == 0 else { return false }
        return place == "\(file.st_dev):\(file.st_ino)"
    }

    /// Adds an entry. Names are upper-case letters, digits and `_`; values may have any bytes.
    ///
    /// - Returns: false when the journal could not be reached.
    public static func add(_ fields: [(name: String, value: String)]) -> Bool {
        var bytes: [UInt8] = []
        let ranges = fields.map { field in
            let start = bytes.count
            bytes += Array("\(field.name)=\(field.value)".utf8)
            return start..<bytes.count
        }
        return unsafe bytes.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return true }
            let parts = unsafe ranges.map { unsafe iovec(iov_base: base + $0.lowerBound, iov_len: $0.count) }
            return unsafe sd_journal_sendv(parts, Int32(parts.count)) == 0
        }
    }
}
