internal import JSON
import ModelFiles
import SystemPackage

/// One of the model's own JSON files, read with errors that name the key.
struct SettingsFile {
    let path: String
    let root: JSONValue

    init(path: String) throws(TransformerError) {
        self.path = path
        // No settings file comes near this; a wrong file should not be read whole.
        let limit = 1 << 20
        let bytes: [UInt8]
        do { bytes = try MappedFile(path: path, limit: limit).contents() } catch { throw .file(error) }
        do { root = try JSONValue(parsing: bytes) } catch { throw .malformedJSON(path: path, error) }
    }

    /// The file, or nil where there is none.
    static func ifPresent(path: String) throws(TransformerError) -> SettingsFile? {
        do {
            return try SettingsFile(path: path)
        } catch .file(.unreadable(_, .noSuchFileOrDirectory)) {
            return nil
        }
    }

    /// Whether the key says something: `null` is as good as absent.
    func has(_ key: String) -> Bool { root[key].map { $0 != .null } ?? false }

    /// - Parameter otherwise: where the key says nothing; nil: it must.
    func integer(
        _ key: String, in range: ClosedRange<Int>, step: Int = 1, otherwise: Int? = nil
    ) throws(TransformerError) -> Int {
        if let otherwise, !has(key) { return otherwise }
        guard let value = root[key]?.integer, range.contains(value), value.isMultiple(of: step) else {
            let kind = step == 1 ? "a whole number" : "a multiple of \(step)"
            throw bad(key, expected: "\(kind) from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func float(_ key: String, otherwise: Float) throws(TransformerError) -> Float {
        guard let found = root[key] else { return otherwise }
        guard let value = found.double, value > 0, value < 1 else {
            throw bad(key, expected: "a number between 0 and 1")
        }
        return Float(value)
    }

    func word(_ key: String, otherwise: String?) throws(TransformerError) -> String {
        if let otherwise, root[key] == nil { return otherwise }
        guard let word = root[key]?.string else { throw bad(key, expected: "a string") }
        return word
    }

    func flag(_ key: String) throws(TransformerError) -> Bool {
        guard let found = root[key] else { return false }
        guard let flag = found.bool else { throw bad(key, expected: "true or false") }
        return flag
    }

    func bad(_ key: String, expected: String) -> TransformerError {
        .badSetting(path: path, key: key, expected: expected, found: root[key]?.description)
    }
}
